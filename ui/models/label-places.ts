/** Labels at the ends of lines, pushed apart until none covers another and all stay beside their chart. */

const LINE = 13;

export interface Label {
  readonly text: string;
  /** Pixels from the chart's top. */
  readonly at: number;
}

/** In order from the top; labels without a place are left out. What does not fit above `bottom` moves everything up. */
export function spread(labels: readonly Label[], top: number, bottom: number): Label[] {
  const placed: Label[] = [];
  let free = top;
  for (const { text, at } of labels.filter((label) => Number.isFinite(label.at)).toSorted((a, b) => a.at - b.at)) {
    const next = Math.max(free, at);
    placed.push({ text, at: next });
    free = next + LINE;
  }
  let end = Math.max(bottom - 4, top + LINE * (placed.length - 1));
  for (let i = placed.length - 1; i >= 0; i--) {
    const { text, at } = placed[i];
    placed[i] = { text, at: Math.min(at, end) };
    end = placed[i].at - LINE;
  }
  return placed;
}
