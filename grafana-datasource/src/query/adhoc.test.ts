import { fromAdHoc } from './adhoc';

// Without it a filter that a person sets on the dashboard would be another condition in the API, or none.
test.each([
  ['=', { value: 'gmail' }, '=', ['gmail']],
  ['!=', { value: 'gmail' }, '!=', ['gmail']],
  ['=|', { value: 'gmail', values: ['gmail', 'yahoo'] }, 'in', ['gmail', 'yahoo']],
  ['!=|', { value: 'gmail', values: ['gmail', 'yahoo'] }, 'notIn', ['gmail', 'yahoo']],
  ['=|', { value: 'gmail' }, 'in', ['gmail']],
  ['=~', { value: 'VMTA-.*' }, 'regex', ['VMTA-.*']],
  ['!~', { value: 'VMTA-.*' }, 'notRegex', ['VMTA-.*']],
  ['<', { value: '5' }, '<', ['5']],
  ['>=', { value: '5' }, '>=', ['5']],
])('%s', (operator, given, expected, values) => {
  expect(fromAdHoc([{ key: 'provider', operator, ...given }])).toEqual([
    { dimension: 'provider', operator: expected, values },
  ]);
});

test('a filter that is not finished asks for nothing', () => {
  expect(fromAdHoc([{ key: '', operator: '=', value: '' }])).toEqual([]);
  expect(fromAdHoc(undefined)).toEqual([]);
});
