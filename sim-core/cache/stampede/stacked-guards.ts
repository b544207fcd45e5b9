/**
 * Load guards one inside the other: what an outer one lets through asks the next one in, and only the last the store. So each
 * instance can have one of its requests compete for a mutex across instances, where without single-flight before it all of
 * them would. Terms are handed on: the number of a lock that an outer guard holds reaches the store that an inner one makes.
 */
import type { GuardContext, LoadGuard, LoadGuardFactory } from './load-guard.ts';
import { noGuard } from './no-guard.ts';

/** `guards`: the outermost first. With none of them every miss loads. */
export function stackedGuards(guards: readonly LoadGuardFactory[]): LoadGuardFactory {
  return guards.length === 0 ? noGuard : guards.reduceRight((inner, outer) => around(outer, inner));
}

function around(outer: LoadGuardFactory, inner: LoadGuardFactory): LoadGuardFactory {
  return (context: GuardContext): LoadGuard => {
    const within = inner(context);
    const without = outer({ ...context, loadAndStore: (key, request, terms) => within.load(key, request, terms) });
    return {
      load: (key, request, terms) => without.load(key, request, terms),
      loading: (key) => without.loading(key) || within.loading(key),
    };
  };
}
