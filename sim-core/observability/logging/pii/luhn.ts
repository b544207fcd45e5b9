/**
 * The check digit of payment cards (ISO/IEC 7812-1, annex B; H. P. Luhn's patent 2,950,048 of 1960): every second digit from
 * the right counts double, with nine cast out, and the sum has to be a multiple of ten. Of all numbers one in ten passes.
 */

/** `digits`: nothing but digits. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = digits.charCodeAt(digits.length - 1 - place) - 48;
    const doubled = place % 2 === 0 ? digit : 2 * digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
