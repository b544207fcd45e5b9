/** The policy in the page's own HTML, tried by what it is to refuse: what is not the page's neither runs nor is asked for. */
import { expect, it } from 'vitest';
import { address, digestIn, openSession } from './session.ts';

const session = openSession();

it('scripts that are not files of the page, and whatever lies elsewhere, are refused in the midst of a lesson', async () => {
  const { page } = session;
  // A server may send it too; a class's may not.
  await page.route(address, async (route) => {
    const answer = await route.fetch();
    const { 'content-security-policy': _sent, ...headers } = answer.headers();
    await route.fulfill({ response: answer, headers });
  });
  await page.goto(`${address}#/lab/stampede`);
  const digest = await digestIn(page);
  await page.evaluate(() => {
    const scope = globalThis as unknown as { refused: string[]; ran: boolean };
    Object.assign(scope, { refused: [], ran: false });
    document.addEventListener('securitypolicyviolation', (event) => scope.refused.push(event.effectiveDirective));
    const script = document.createElement('script');
    script.textContent = 'ran = true';
    const frame = document.createElement('iframe');
    frame.src = 'https://elsewhere.example/';
    document.body.append(script, frame);
    void fetch('https://elsewhere.example/data').catch(() => {});
  });
  const refused = (): Promise<string[]> => page.evaluate(() => Reflect.get(globalThis, 'refused') as string[]);
  await expect.poll(async () => (await refused()).toSorted()).toEqual(['connect-src', 'frame-src', 'script-src-elem']);
  expect(await page.evaluate(() => Reflect.get(globalThis, 'ran') as boolean)).toBe(false);
  expect(await digestIn(page)).toBe(digest);
  // The browser says of each what it has refused; of what was asked for all the same the session would complain.
  session.complaints = session.complaints.filter(
    (text) => !/violates the following|Content Security Policy/.test(text),
  );
});
