/** Signals of stream threads and of results, which the engine makes, by the names that claims and charts ask for. */
export const TWICE = 'effects.results.doubled';
export const RESTORED = 'kafka.streams.restored.records';
export const RESTORE = 'kafka.streams.restore.duration';
export const STANDBY_READ = 'kafka.streams.standby.records';
export const CHANGES = 'kafka.streams.changelog.records';
export const DROPPED = 'kafka.streams.dropped.records';
export const ENTRIES = 'kafka.streams.state.entries';
export const WATERMARK_DELAY = 'kafka.streams.stream_time.delay';
export const OUTPUT = 'kafka.streams.output.records';
export const COMMIT = 'kafka.streams.commit.duration';
export const LAG = 'kafka.consumer_group.lag';
