/**
 * The experimenter's memory of the orders: what each was when its record was written, and by which version. It is no part of the
 * system: a record has its bytes and no more.
 */
import type { Order, Version } from './versions.ts';

export interface Meaning {
  readonly order: Order;
  readonly version: Version;
}

export class Meanings {
  private readonly byRequest = new Map<number, Meaning>();

  note(request: number, meaning: Meaning): void {
    this.byRequest.set(request, meaning);
  }

  of(request: number): Meaning {
    const meaning = this.byRequest.get(request);
    if (meaning === undefined) throw new Error(`a record of request ${request} was read that nobody wrote`);
    return meaning;
  }
}
