/** The parameters of placement: what its sliders and `--set` take. */
import { choice, duration, flag, integer, ms, number, rate, s, share, type ValuesOf } from '../../../sim-core/index.ts';

/** Assets (scripts, images) are the first keys; the rows of pages follow them. */
export const ASSETS = 40;
/** Points of presence of the CDN. */
export const POPS = 2;

export const PURGES = ['none', 'edge', 'inside-out'] as const;

export const params = {
  rate: rate({ help: 'Requests of all users together', default: 600, min: 1, max: 5000, logarithmic: true }),
  writes: rate({ help: 'Updates, by editors', default: 20, min: 0.1, max: 500, logarithmic: true }),
  users: integer({
    help: 'Users, each with a browser of his own',
    default: 60,
    min: 1,
    max: 10_000,
    logarithmic: true,
  }),
  assetShare: share({ help: 'Share of requests and updates that are for the 40 assets', default: 0.3, min: 0, max: 1 }),
  keys: integer({ help: 'Rows, asked for by Zipf’s law', default: 2000, min: 1, max: 20_000, logarithmic: true }),
  exponent: number({ help: 'Zipf’s exponent, of the rows and of the assets', default: 0.8, min: 0, max: 3 }),
  reloads: share({ help: 'Share of the requests that are a user’s reload', default: 0.05, min: 0, max: 1 }),
  client: flag({ help: 'Whether browsers keep responses', default: false }),
  edge: flag({ help: 'Whether there is a CDN', default: false }),
  gateway: flag({ help: 'Whether the gateway keeps responses', default: false }),
  app: flag({ help: 'Whether instances keep rows', default: false }),
  distributed: flag({ help: 'Whether the instances share a cache server', default: false }),
  maxAge: duration({ help: 'max-age: browsers', default: s(4), min: s(1), max: s(600), logarithmic: true }),
  sMaxAge: duration({
    help: 's-maxage: edge and gateway',
    default: s(8),
    min: s(1),
    max: s(600),
    logarithmic: true,
  }),
  gatewayTtl: duration({
    help: 'Time to live in the gateway, whatever Cache-Control says; 0 goes by s-maxage',
    default: 0,
    min: 0,
    max: s(600),
  }),
  whileRevalidate: duration({ help: 'stale-while-revalidate', default: s(1), min: 0, max: s(600) }),
  appTtl: duration({
    help: 'Time to live in an instance',
    default: s(5),
    min: ms(100),
    max: s(600),
    logarithmic: true,
  }),
  sharedTtl: duration({
    help: 'Time to live in the shared cache',
    default: s(10),
    min: ms(100),
    max: s(600),
    logarithmic: true,
  }),
  versioned: flag({ help: 'Whether an asset’s name has its version in it, and it is immutable', default: false }),
  purge: choice({
    help: 'Who is told of an update: nobody, the outermost layer, all from the inside out',
    default: 'none',
    choices: PURGES,
  }),
  clientCapacity: integer({
    help: 'Responses that a browser has room for',
    default: 4000,
    min: 1,
    max: 100_000,
    logarithmic: true,
  }),
  edgeCapacity: integer({
    help: 'Responses that a point of presence has room for',
    default: 100_000,
    min: 1,
    max: 100_000,
    logarithmic: true,
  }),
  gatewayCapacity: integer({
    help: 'Responses that the gateway has room for',
    default: 100_000,
    min: 1,
    max: 100_000,
    logarithmic: true,
  }),
  appCapacity: integer({
    help: 'Entries that an instance has room for',
    default: 200,
    min: 1,
    max: 100_000,
    logarithmic: true,
  }),
  sharedCapacity: integer({
    help: 'Entries that the shared cache has room for',
    default: 4000,
    min: 1,
    max: 100_000,
    logarithmic: true,
  }),
  instances: integer({ help: 'Instances of the application', default: 4, min: 1, max: 16 }),
  rowsPerPage: integer({ help: 'Rows on a page of the disk', default: 20, min: 1, max: 1000, logarithmic: true }),
  buffers: integer({
    help: 'Pages that the database has room for in memory',
    default: 50,
    min: 1,
    max: 100_000,
    logarithmic: true,
  }),
  queryTime: duration({
    help: 'Mean processor time of a query',
    default: ms(4),
    min: ms(0.1),
    max: s(1),
    logarithmic: true,
  }),
  readTime: duration({
    help: 'Mean time of a read from the disk',
    default: ms(8),
    min: ms(0.1),
    max: s(1),
    logarithmic: true,
  }),
  cores: integer({ help: 'Processors of the database', default: 8, min: 1, max: 128 }),
  length: duration({ help: 'Simulated time', default: s(22), min: s(13), max: s(86_400), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;
