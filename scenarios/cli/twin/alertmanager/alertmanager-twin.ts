/** The twin of Alertmanager: groups, repetition, resolution, routes, inhibition and silences. */
import { executable } from '../executable.ts';
import type { Twin } from '../twin.ts';
import { modelOf } from './model.ts';
import { AT_ONCE, startAlertmanager } from './server.ts';
import { alertmanagerScripts, alertmanagerVocabulary, alertmanagerWords, type AlertmanagerStep } from './steps.ts';

export const alertmanagerTwin: Twin<AlertmanagerStep> = {
  name: 'alertmanager',
  help: 'Alertmanager: groups, repetition, resolution, routes, inhibition, silences',
  package: 'prometheus-alertmanager',
  findProgram: () => executable('prometheus-alertmanager'),
  scripts: alertmanagerScripts,
  vocabulary: alertmanagerVocabulary,
  words: alertmanagerWords,
  line: ({ op, ...rest }) => `${op} ${Object.keys(rest).length > 0 ? JSON.stringify(rest) : ''}`.trim(),
  atOnce: AT_ONCE,
  model: modelOf,
  start: startAlertmanager,
};
