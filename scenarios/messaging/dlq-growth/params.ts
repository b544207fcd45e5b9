/** The parameters of the dead letters that grow: what its sliders and `--set` take. */
import {
  choice,
  duration,
  flag,
  integer,
  minutes,
  ms,
  number,
  rate,
  s,
  share,
  type ValuesOf,
} from '../../../sim-core/index.ts';

export const params = {
  alert: flag({
    help: 'Whether anybody is woken by the rate of dead letters or the age of the oldest',
    default: false,
  }),
  broker: choice({
    help: 'Who keeps the orders: RabbitMQ, or Amazon SQS, which forgets them after a time, and redrives when it is told to',
    default: 'rabbit',
    choices: ['rabbit', 'sqs'] as const,
  }),
  deadRetention: duration({
    help: 'SQS: how long a dead letter is kept, from when its order was sent; whole seconds',
    default: minutes(5),
    min: minutes(1),
    max: minutes(20_160),
    logarithmic: true,
  }),
  redrive: choice({
    help: 'Who takes dead letters out to be tried again: a person after an alert, a robot with limits of its own, or one without',
    default: 'by-hand',
    choices: ['by-hand', 'automatic', 'unlimited'] as const,
  }),
  rate: rate({ help: 'Orders of all customers together', default: 15, min: 1, max: 100, logarithmic: true }),
  customers: integer({ help: 'Customers, all alike', default: 100, min: 10, max: 10_000, logarithmic: true }),
  troubleShare: share({
    help: 'Share of customers whose orders fail during the trouble',
    default: 0.3,
    min: 0.01,
    max: 1,
  }),
  troubleAt: duration({ help: 'When the trouble begins', default: minutes(1), min: s(10), max: minutes(60) }),
  troubleFor: duration({
    help: 'How long it lasts if nobody does anything',
    default: minutes(3),
    min: s(10),
    max: minutes(60),
  }),
  attempts: integer({ help: 'Deliveries of an order at most', default: 3, min: 1, max: 20 }),
  workTime: duration({ help: 'Mean time of an attempt', default: ms(50), min: ms(1), max: s(1), logarithmic: true }),
  every: duration({
    help: 'Monitor: from one look to the next',
    default: s(5),
    min: s(1),
    max: minutes(5),
    logarithmic: true,
  }),
  alertRate: number({
    help: 'Alert: dead letters a second, more than so many',
    default: 0.5,
    min: 0.01,
    max: 100,
  }),
  alertWindow: duration({ help: 'Alert: the window of that rate', default: minutes(1), min: s(5), max: minutes(30) }),
  alertAge: duration({ help: 'Alert: an older dead letter', default: minutes(2), min: s(10), max: minutes(60) }),
  reaction: duration({
    help: 'From the alert until a person has mended what was wrong and starts the redrive',
    default: minutes(2),
    min: s(1),
    max: minutes(60),
  }),
  handRate: rate({ help: 'Redrive by hand: messages a second', default: 50, min: 0.1, max: 1000, logarithmic: true }),
  robotRate: rate({ help: 'Automatic redrive: messages a second', default: 5, min: 0.1, max: 1000, logarithmic: true }),
  redrivesMax: integer({
    help: 'Automatic redrive: times that a message is redriven at most',
    default: 3,
    min: 1,
    max: 100,
  }),
  stopShare: share({
    help: 'Automatic redrive: stops when a larger share of the last 20 had come back from it',
    default: 0.3,
    min: 0,
    max: 1,
  }),
  pause: duration({ help: 'Automatic redrive: for how long', default: minutes(1), min: s(1), max: minutes(60) }),
  unlimitedRate: rate({
    help: 'Redrive without limits: messages a second',
    default: 50,
    min: 0.1,
    max: 1000,
    logarithmic: true,
  }),
  length: duration({
    help: 'Length of the run',
    default: minutes(11),
    min: minutes(1),
    max: minutes(240),
    logarithmic: true,
  }),
};

export type Values = ValuesOf<typeof params>;
