import { numericFrames, seriesFrames, tableFrame } from './frames';

const options = {
  refId: 'A',
  notices: [{ severity: 'info' as const, text: 'note' }],
  custom: { sources: [] },
};
const rate = { name: 'bounceRate', unit: 'percentunit' };
const count = { name: 'sent', unit: 'short' };

test('a table has its fields in order, its schema first, and no number that JSON cannot hold', () => {
  const text = JSON.stringify(
    tableFrame(
      ['vmta'],
      [count, rate],
      [
        ['a', 1, NaN],
        ['', 2, Infinity],
      ],
      options,
    ),
    null,
    1,
  );
  expect(text).toMatchInlineSnapshot(`
   "{
    "schema": {
     "refId": "A",
     "meta": {
      "notices": [
       {
        "severity": "info",
        "text": "note"
       }
      ],
      "custom": {
       "sources": []
      }
     },
     "fields": [
      {
       "name": "vmta",
       "type": "string",
       "typeInfo": {
        "frame": "string",
        "nullable": false
       }
      },
      {
       "name": "sent",
       "type": "number",
       "typeInfo": {
        "frame": "float64",
        "nullable": true
       },
       "config": {
        "unit": "short"
       }
      },
      {
       "name": "bounceRate",
       "type": "number",
       "typeInfo": {
        "frame": "float64",
        "nullable": true
       },
       "config": {
        "unit": "percentunit"
       }
      }
     ]
    },
    "data": {
     "values": [
      [
       "a",
       ""
      ],
      [
       1,
       2
      ],
      [
       null,
       null
      ]
     ]
    }
   }"
  `);
  expect(text.indexOf('"schema"')).toBeLessThan(text.indexOf('"data"'));
});

test('a series is a frame with time and one labelled value, and only the first frame carries the notices', () => {
  const series = [
    {
      labels: { vmta: 'a' },
      values: [
        [1, 2],
        [null, 0.5],
      ],
    },
    {
      labels: { vmta: 'b' },
      values: [
        [3, 4],
        [0, null],
      ],
    },
  ];
  const frames = seriesFrames([0, 60_000], [count, rate], series, options);
  expect(
    frames.map(({ schema }) => [
      schema.fields[1]?.name,
      schema.fields[1]?.labels,
      schema.meta?.notices?.length,
    ]),
  ).toEqual([
    ['sent', { vmta: 'a' }, 1],
    ['bounceRate', { vmta: 'a' }, undefined],
    ['sent', { vmta: 'b' }, undefined],
    ['bounceRate', { vmta: 'b' }, undefined],
  ]);
  expect(JSON.stringify(frames[1], null, 1)).toMatchInlineSnapshot(`
   "{
    "schema": {
     "refId": "A",
     "meta": {
      "type": "timeseries-multi",
      "typeVersion": [
       0,
       1
      ],
      "custom": {
       "sources": []
      }
     },
     "fields": [
      {
       "name": "time",
       "type": "time",
       "typeInfo": {
        "frame": "time.Time",
        "nullable": false
       }
      },
      {
       "name": "bounceRate",
       "type": "number",
       "typeInfo": {
        "frame": "float64",
        "nullable": true
       },
       "labels": {
        "vmta": "a"
       },
       "config": {
        "unit": "percentunit"
       }
      }
     ]
    },
    "data": {
     "values": [
      [
       0,
       60000
      ],
      [
       null,
       0.5
      ]
     ]
    }
   }"
  `);
});

test('empty answers are one typed frame without rows', () => {
  const empty = [
    tableFrame(['vmta'], [count], [], options),
    ...seriesFrames([], [count, rate], [], options),
    ...numericFrames(count, [], options),
  ];
  expect(
    empty.map(({ schema, data }) => [schema.fields.map(({ typeInfo }) => typeInfo.frame), data.values]),
  ).toEqual([
    [
      ['string', 'float64'],
      [[], []],
    ],
    [
      ['time.Time', 'float64'],
      [[], []],
    ],
    [['float64'], [[]]],
  ]);
});

test('every field names its type, and whatever holds a null is nullable', () => {
  const frames = [
    tableFrame(['vmta'], [rate], [['a', null]], options),
    ...seriesFrames([0], [rate], [{ labels: {}, values: [[null]] }], options),
    ...numericFrames(rate, [{ labels: { vmta: 'a' }, values: [[null]] }], options),
  ];
  for (const { schema, data } of frames)
    schema.fields.forEach(({ typeInfo }, index) => {
      expect(typeInfo.frame).toMatch(/^(time\.Time|float64|string)$/);
      if (data.values[index]?.includes(null)) expect(typeInfo.nullable).toBe(true);
    });
});
