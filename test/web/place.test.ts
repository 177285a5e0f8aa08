import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { filtersOf, listPath, savedFilters } from '../../web/executions/filters';
import { hrefOf, ownAddress, placeOf } from '../../web/place';

test('an address names a view and its filters, whatever is in them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { maxLength: 3 }),
      fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string({ minLength: 1, unit: 'grapheme' }), { maxKeys: 3 }),
      (path, query) => {
        const place = placeOf(hrefOf(path, query));
        expect(place.path).toEqual(path);
        expect({ ...place.query }).toEqual({ ...query });
      },
    ),
  );
  expect(placeOf('#/executions/%E0%A4%A').path).toEqual(['executions', '%E0%A4%A']);
});

test('filters come from the address, and unknown words are passed over', () => {
  expect(filtersOf(placeOf('#/executions?status=waiting&workflow=refund&period=1d'))).toEqual({
    status: 'waiting',
    workflow: 'refund',
    period: '1d',
  });
  expect(filtersOf(placeOf('#/executions?status=asleep&period=ever&workflow='))).toEqual({});
});

test('the API is asked for what the filters say', () => {
  const from = Date.parse('2026-01-02T00:00:00Z');
  expect(listPath({}, { from, limit: 200 })).toBe('/executions?limit=200');
  expect(listPath({ status: 'failed', workflow: 'a&b', period: '1d' }, { from, limit: 5 })).toBe(
    '/executions?limit=5&status=failed&workflow=a%26b&since=2026-01-01T00%3A00%3A00.000Z',
  );
});

test('what a browser has kept and is no filter is dropped', () => {
  expect(savedFilters('[{"name":"a","query":"status=failed"},{"name":1},null]')).toEqual([
    { name: 'a', query: 'status=failed' },
  ]);
  expect([savedFilters('{'), savedFilters('{}'), savedFilters(undefined)]).toEqual([[], [], []]);
});

test.each([
  ['/docs', '/docs'],
  ['/#/executions/a', '/#/executions/a'],
  ['https://elsewhere.example/x', '/home'],
  ['//elsewhere.example/x', '/home'],
  ['javascript:alert(1)', '/home'],
  [undefined, '/home'],
])('whoever has signed in goes to %s only if it is of this site', (wanted, to) => {
  expect(ownAddress(wanted, 'http://127.0.0.1:3000', '/home')).toBe(to);
});
