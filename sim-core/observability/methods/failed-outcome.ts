/** Outcomes are words of the models that tell them: one is a failure by what it contains. */
const FAILED = /timeout|overloaded|unavailable|error|fail|refused|dead|lost|reject|requeue/;

export const isFailure = (outcome: string): boolean => FAILED.test(outcome);
