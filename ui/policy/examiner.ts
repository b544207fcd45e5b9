/** The worker that writes exams and marks them: the requests, and what other policies do with them. It runs no source of a learner. */
import { expose } from 'comlink';
import type { SourceRun } from '../../scenarios/own-policy/answer.ts';
import { examOf, verdictOf, type Exam, type PolicyVerdict } from '../../scenarios/own-policy/verdict.ts';

const service = {
  exam: (seed: number): Exam => examOf(seed),
  verdict: (exam: Exam, ran: SourceRun): PolicyVerdict => verdictOf(exam, ran),
  isThere: (): true => true,
};

export type ExaminerService = typeof service;

expose(service);
