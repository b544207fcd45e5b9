/** Names of metrics and labels in Prometheus, by the specification's own examples. */
import { expect, test } from 'vitest';
import {
  histogramLabels,
  prometheusName,
  seriesLabels,
  targetInfo,
  targetLabels,
} from '../../../../../sim-core/observability/metrics/series/prometheus-names.ts';

test.each([
  ['http.server.request.duration', 's', 'histogram', undefined, 'http_server_request_duration_seconds'],
  ['http.server.requests', '{request}', 'sum', true, 'http_server_requests_total'],
  ['db.client.connection.count', '{connection}', 'sum', false, 'db_client_connection_count'],
  ['system.network.io', 'By', 'sum', true, 'system_network_io_bytes_total'],
  ['cache.hit_ratio', '1', 'gauge', undefined, 'cache_hit_ratio'],
  ['cache.hits', '1', 'gauge', undefined, 'cache_hits_ratio'],
  ['disk.speed', 'By/s', 'gauge', undefined, 'disk_speed_bytes_per_second'],
  ['log.volume', 'GBy/d', 'gauge', undefined, 'log_volume_gigabytes_per_day'],
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

test('attributes that come to one label are one, in the order of their names, and no two sets of values become one unseen', () => {
  const target = { job: 'orders', instance: 'orders-1' };
  const own = { __name__: 'up', ...target };
  expect(seriesLabels('up', target, { a_b: '1', 'a.b': '2', 'a-b': '0' })).toEqual({ ...own, a_b: '0;2;1' });
  expect(seriesLabels('up', target, { 'a.b': '2', a_b: '1' })).toEqual(
    seriesLabels('up', target, { a_b: '1', 'a.b': '2' }),
  );
});

test('an attribute does not take the place of what a series is called or of whose it is', () => {
  const target = { job: 'orders', instance: 'orders-1' };
  const own = { __name__: 'up', ...target };
  expect(seriesLabels('up', target, { job: 'nightly', instance: 'db-3', __name__: 'down' })).toEqual({
    ...own,
    exported_job: 'nightly',
    exported_instance: 'db-3',
    exported___name__: 'down',
  });
  expect(seriesLabels('up', target, { job: 'nightly', 'exported.job': 'weekly' })).toEqual({
    ...own,
    exported_job: 'weekly',
    exported_exported_job: 'nightly',
  });
  expect(histogramLabels('up', target, { le: '3', exported_le: '4' })).toEqual({
    ...own,
    exported_le: '4',
    exported_exported_le: '3',
  });
});

test('a target is its service behind the namespace, and the rest is told of it apart', () => {
  const resource = { 'service.name': 'orders', 'service.instance.id': 'orders-1', 'service.version': '1.4' };
  expect(targetLabels(resource)).toEqual({ job: 'orders', instance: 'orders-1' });
  expect(targetLabels({ ...resource, 'service.namespace': 'shop' }).job).toBe('shop/orders');
  expect(targetInfo({ ...resource, 'service.namespace': 'shop' })).toEqual({ 'service.version': '1.4' });
});
