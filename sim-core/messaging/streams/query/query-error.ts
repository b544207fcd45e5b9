/** What is wrong with the text of a query, where it stands, and what would be right there. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly line: number;
  readonly column: number;

  constructor({ line, column }: Place, found: string, expected: string) {
    super(`line ${line}, column ${column}: found ${found}; expected ${expected}`);
    this.line = line;
    this.column = column;
  }
}

/** Counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}
