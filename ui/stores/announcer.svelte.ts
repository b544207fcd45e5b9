/** What screen readers are told of what happened elsewhere on the page: one polite region, the latest message only. */

const QUIET_MS = 400;

class Announcer {
  message = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined = undefined;

  /** Says it once nothing newer has come for a moment, so that a held key does not queue up speech. */
  say(message: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.message = message;
    }, QUIET_MS);
  }
}

export const announcer = new Announcer();
