/**
 * What comes back from where a learner's source ran, read without belief: it may be anything, whatever its type says. What is
 * no answer is one that says nothing.
 */
import { lineInStack, type Fault } from './program.ts';

export interface OncePlayed {
  /** As `ClaimLog` of the lab has them. */
  readonly claims: Int32Array;
  /** Where it was broken off, and why: the policy contradicts itself, or throws. */
  readonly end?: Fault & { readonly place: number };
}

/** Each course played twice, in order; or why nothing was played. */
export type SourceRun =
  | { readonly fault: Fault }
  | { readonly played: readonly (readonly [first: OncePlayed, second: OncePlayed])[] };

const TEXT_MAX = 500;

/** `courses`: how many were asked. */
export function readAnswer(source: string, answer: unknown, courses: number): SourceRun {
  const { refused, played } = fieldsOf(answer);
  if (refused !== undefined) return { fault: faultIn(source, refused) };
  if (!Array.isArray(played) || played.length !== courses) return { fault: { message: 'it ended without an answer' } };
  return {
    played: played.map((one: unknown) => {
      const [first, second] = Array.isArray(one) ? (one as unknown[]) : [];
      return [oncePlayed(source, first), oncePlayed(source, second)] as const;
    }),
  };
}

function oncePlayed(source: string, value: unknown): OncePlayed {
  const { claims, contradiction, thrown } = fieldsOf(value);
  const end = contradiction ?? thrown;
  return {
    claims: Int32Array.from(Array.isArray(claims) ? (claims as unknown[]) : [], Number),
    ...(end !== undefined && { end: { ...faultIn(source, end), place: Number(fieldsOf(end)['place']) } }),
  };
}

/** A contradiction has its words under `what`, an error under `message`. */
function faultIn(source: string, value: unknown): Fault {
  const { what, message, stack } = fieldsOf(value);
  const line = typeof stack === 'string' ? lineInStack(source, stack) : undefined;
  return {
    message: String(typeof what === 'string' ? what : message).slice(0, TEXT_MAX),
    ...(line !== undefined && { line }),
  };
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
