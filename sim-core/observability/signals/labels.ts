/**
 * Labels: what a backend tells series of samples and streams of log lines apart by. Of a metric's series the name is one of
 * them, `__name__`. https://prometheus.io/docs/concepts/data_model/
 */
export type Labels = Readonly<Record<string, string>>;
