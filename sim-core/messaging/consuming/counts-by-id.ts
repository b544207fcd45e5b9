/** Small counts by id: two bytes each, in pages that are there once one of their ids is. */
const PAGE = 4096;

export class CountsById {
  private readonly pages = new Map<number, Int16Array>();

  get(id: number): number {
    return this.pages.get(Math.floor(id / PAGE))?.[id % PAGE] ?? 0;
  }

  /** Adds to an id's count, and returns it. */
  add(id: number, change: number): number {
    const number = Math.floor(id / PAGE);
    let page = this.pages.get(number);
    if (page === undefined) this.pages.set(number, (page = new Int16Array(PAGE)));
    return (page[id % PAGE] += change);
  }
}
