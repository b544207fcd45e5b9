/** Sequences and the last stable offset, against what Kafka's own class answered. */
import { describe, expect, it } from 'vitest';
import { ProducerStates } from '../../../../sim-core/messaging/log/producer-states.ts';
import stable from '../../../vectors/kafka-last-stable-offset.json' with { type: 'json' };
import sequences from '../../../vectors/kafka-sequences.json' with { type: 'json' };

const WORDS = {
  'out-of-order-sequence': 'OutOfOrderSequenceException',
  'invalid-producer-epoch': 'InvalidProducerEpochException',
};

describe('sequences', () => {
  it.each(sequences.rows)('$scenario', ({ steps }) => {
    const states = new ProducerStates();
    let end = 0;
    for (const { pid, epoch, first_seq: sequence, records, result } of steps) {
      const stamp = { id: pid, epoch, sequence, isTransactional: false };
      const judged = states.judge(stamp, records);
      if (judged.verdict === 'append') {
        expect(`APPENDED at ${end}`).toBe(result);
        states.append(stamp, records, end);
        end += records;
      } else if (judged.verdict === 'duplicate') {
        expect(`DUPLICATE (acked, not appended, returns original base offset ${judged.firstOffset})`).toBe(result);
      } else expect(WORDS[judged.error]).toBe(result);
    }
  });
});

describe('the last stable offset', () => {
  it('is where Kafka has it, step by step', () => {
    const states = new ProducerStates();
    let end = 0;
    for (const step of stable.rows) {
      if (step.step.startsWith('observe')) {
        expect(states.firstUnstable(step.hw!) ?? null, step.step).toBe(step.first_unstable);
        expect(states.lastStable(step.hw!), step.step).toBe(step.lso);
        continue;
      }
      const marker = /^(COMMIT|ABORT) pid(\d+)$/.exec(step.step);
      if (marker) {
        const ended = states.end(Number(marker[2]), 0, marker[1] === 'COMMIT' ? 'commit' : 'abort', end);
        expect(`marker at ${end} completes txn from ${ended!.first}`).toBe(step.result);
        end++;
        continue;
      }
      const [, kind, id, count] = /^(non-txn|txn) pid(\d+) (?:writes )?(\d+)/.exec(step.step)!;
      expect(`APPENDED at ${end}`).toBe(step.result);
      const stamp = { id: Number(id), epoch: 0, sequence: 0, isTransactional: kind === 'txn' };
      states.append(stamp, Number(count), end);
      end += Number(count);
    }
  });

  it('tells the records of an aborted transaction from those before and after it', () => {
    const states = new ProducerStates();
    states.append({ id: 1, epoch: 0, sequence: 0, isTransactional: true }, 2, 10);
    expect(states.end(1, 0, 'abort', 12)).toEqual({ producer: 1, first: 10, last: 12, marker: 'abort' });
    states.append({ id: 1, epoch: 0, sequence: 2, isTransactional: true }, 1, 13);
    const aborted = (from: number, below: number): number => states.abortedIn(from, below).length;
    expect([aborted(0, 10), aborted(0, 11), aborted(12, 20), aborted(13, 20)]).toEqual([0, 1, 1, 0]);
  });

  it('has no transaction to end where the producer wrote nothing', () => {
    expect(new ProducerStates().end(1, 0, 'commit', 5)).toBeUndefined();
  });
});

describe('a marker', () => {
  it('ends what is open under a lower epoch, once, and nothing that was begun after it', () => {
    const states = new ProducerStates();
    states.append({ id: 1, epoch: 0, sequence: 0, isTransactional: true }, 1, 0);
    expect(states.judgeMarker(1, 1)).toBe('append');
    states.end(1, 1, 'commit', 1);
    expect(states.judgeMarker(1, 1)).toBe('duplicate');
    // The next transaction has the epoch that the marker gave; the first one's records are fenced.
    const next = { id: 1, epoch: 1, sequence: 0, isTransactional: true };
    expect(states.judge({ ...next, epoch: 0, sequence: 1 }, 1)).toEqual({
      verdict: 'refuse',
      error: 'invalid-producer-epoch',
    });
    expect(states.judge(next, 1)).toEqual({ verdict: 'append' });
    states.append(next, 1, 2);
    expect(states.judgeMarker(1, 1)).toBe('duplicate');
    expect(states.judgeMarker(1, 2)).toBe('append');
  });
});
