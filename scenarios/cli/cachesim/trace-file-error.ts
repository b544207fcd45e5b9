/** A file that cannot be read, or an archive that is damaged or unknown. `message` goes behind "trace FILE: ". */
export class TraceFileError extends Error {
  override readonly name = 'TraceFileError';
}
