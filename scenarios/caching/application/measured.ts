/** A read whose staleness is measured when it has its row. */
import type { Behaviour, Reader, RequestContext, Row, StalenessMeter } from '../../../sim-core/index.ts';

export function* measured(
  meter: StalenessMeter,
  instance: string,
  reader: Reader,
  key: number,
  request: RequestContext,
): Behaviour<Row> {
  const row = yield* reader.read(key, request);
  meter.measure(instance, row, request);
  return row;
}
