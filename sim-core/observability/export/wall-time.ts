/**
 * Simulated time as the world's, for tools that know no other: a run begins at ten in the morning of the first of January 2025. Nanoseconds since 1970 do
 * not fit a double, so they are put together from digits; the calendar is Howard Hinnant's `civil_from_days`
 * (https://howardhinnant.github.io/date_algorithms.html).
 */
import { SECOND, type Time } from '../../kernel/time.ts';

/** 2025-01-01T10:00:00Z, in seconds since 1970. */
export const EPOCH_SECONDS = 1_735_725_600;

const SECONDS_A_DAY = 86_400;
/** Days from 0000-03-01, when the calendar's cycle of 400 years begins, to 1970-01-01. */
const DAYS_BEFORE_1970 = 719_468;

/** Nanoseconds since 1970, as OTLP/JSON writes 64 bits. */
export function unixNanos(time: Time): string {
  return `${EPOCH_SECONDS + Math.floor(time / SECOND)}${fraction(time)}`;
}

/** Seconds since 1970 with the digits that they need: `1735725600.25`. */
export function unixSeconds(time: Time): string {
  const digits = fraction(time).replace(/0+$/, '');
  return `${EPOCH_SECONDS + Math.floor(time / SECOND)}${digits === '' ? '' : `.${digits}`}`;
}

/** ISO 8601 in whole milliseconds, which are left out where there are none: `2025-01-01T10:00:10.250Z`. */
export function isoTime(time: Time): string {
  const seconds = EPOCH_SECONDS + Math.floor(time / SECOND);
  const [year, month, day] = civilFromDays(Math.floor(seconds / SECONDS_A_DAY));
  const ofDay = seconds % SECONDS_A_DAY;
  const clock = [Math.floor(ofDay / 3600), Math.floor(ofDay / 60) % 60, ofDay % 60].map(two).join(':');
  const millis = fraction(time).slice(0, 3);
  return `${year}-${two(month)}-${two(day)}T${clock}${millis === '000' ? '' : `.${millis}`}Z`;
}

const fraction = (time: Time): string => String(time % SECOND).padStart(9, '0');

const two = (value: number): string => String(value).padStart(2, '0');

function civilFromDays(days: number): [year: number, month: number, day: number] {
  const shifted = days + DAYS_BEFORE_1970;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day];
}
