import { withoutVariables } from './dashboardParameters';

// Without it a file that is saved from a dashboard would hold other events than the dashboard shows.
test('variables are conditions on their dimensions, and "All" and empty ones are none', () => {
  expect(
    withoutVariables({
      from: ['1'],
      vmta: ['VMTA-9'],
      'var-datasource': ['pmta-watchtower'],
      'var-provider': ['gmail', 'yahoo'],
      'var-pool': ['$__all'],
      'var-job': [''],
      'var-search': ['421'],
      'var-plan': ['1,2'],
    }),
  ).toEqual({ from: ['1'], vmta: ['VMTA-9'], provider: ['gmail', 'yahoo'], search: ['421'] });
});

test('conditions that people add keep their operator and each of their values, whatever these hold', () => {
  const { filters } = withoutVariables({
    'var-filters': [
      'outcome|=|hard',
      'vmta,Virtual MTA|=__gfp__|VMTA-1|VMTA-2,the second',
      'diag|=~|a__gfp__b__gfc__ __gfh__1#dashboard#restorable',
      'recipient|!=|x@y.example',
    ],
  });
  expect(JSON.parse(filters?.[0] ?? '')).toEqual([
    { dimension: 'outcome', operator: '=', values: ['hard'] },
    { dimension: 'vmta', operator: 'in', values: ['VMTA-1', 'VMTA-2'] },
    { dimension: 'diag', operator: 'regex', values: ['a|b, #1'] },
    { dimension: 'recipient', operator: '!=', values: ['x@y.example'] },
  ]);
  expect(withoutVariables({ 'var-filters': [''] })).toEqual({});
});
