/** Names of metrics and labels in Prometheus, by the specification's own examples. */
import { expect, test } from 'vitest';
import { prometheusName, seriesLabels } from '../../../../../sim-core/observability/metrics/series/prometheus-names.ts';

test.each([
  ['http.server.request.duration', 's', 'histogram', undefined, 'http_server_request_duration_seconds'],
  ['http.server.requests', '{request}', 'sum', true, 'http_server_requests_total'],
  ['db.client.connection.count', '{connection}', 'sum', false, 'db_client_connection_count'],
  ['system.network.io', 'By', 'sum', true, 'system_network_io_bytes_total'],
  ['cache.hit_ratio', '1', 'gauge', undefined, 'cache_hit_ratio'],
  ['cache.hits', '1', 'gauge', undefined, 'cache_hits_ratio'],
  ['disk.speed', 'By/s', 'gauge', undefined, 'disk_speed_bytes_per_second'],
  ['request.rate', '{request}/s', 'gauge', undefined, 'request_rate_per_second'],
  ['db.operation.rate', '1/s', 'gauge', undefined, 'db_operation_rate_per_second'],
  ['2xx answers', '', 'sum', true, '_2xx_answers_total'],
] as const)('%s in %s', (name, unit, kind, isMonotonic, expected) => {
  expect(prometheusName({ name, unit, kind, ...(isMonotonic !== undefined && { isMonotonic }) })).toBe(expected);
});

test('attributes become labels, beside whose they are', () => {
  const target = { job: 'shop/orders', instance: 'orders-1' };
  expect(
    seriesLabels('up', target, { 'http.response.status_code': 500, 'error.type': 'timeout' }, { le: '0.1' }),
  ).toEqual({
    __name__: 'up',
    ...target,
    http_response_status_code: '500',
    error_type: 'timeout',
    le: '0.1',
  });
});
