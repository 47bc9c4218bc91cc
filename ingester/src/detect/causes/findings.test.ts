import { FIGURES, type Figures } from '../figures';
import { findingsIn, type Grouping, type Sides } from './findings';

const figures = (more: Partial<Figures>): Figures =>
  ({ ...Object.fromEntries(FIGURES.map((name) => [name, 0])), ...more }) as Figures;

const sides = (now: Partial<Figures>, before: Partial<Figures>): Sides => ({
  now: figures(now),
  before: figures(before),
});

const grouping = (dimensions: Grouping['dimensions'], cells: Record<string, Sides>): Grouping => ({
  dimensions,
  cells: Object.entries(cells).map(([values, both]) => ({ values: values.split('|'), ...both })),
});

// Without it a large provider or a large VMTA would be to blame for what happens on one of its paths.
test('of places that explain all of it, the narrowest is to blame', () => {
  const all = sides({ attempts: 1100, deferrals: 120 }, { attempts: 1000, deferrals: 20 });
  const path = sides({ attempts: 150, deferrals: 101 }, { attempts: 50, deferrals: 1 });
  const found = findingsIn(all, [
    grouping(['provider', 'vmta'], { 'gmail|VMTA-5': path }),
    grouping(['provider'], {
      gmail: sides({ attempts: 600, deferrals: 110 }, { attempts: 500, deferrals: 10 }),
    }),
    grouping(['vmta'], {
      'VMTA-5': sides({ attempts: 200, deferrals: 102 }, { attempts: 100, deferrals: 2 }),
    }),
  ]);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ symptom: 'deferrals', share: expect.closeTo(1, 1) as number });
  expect(found[0]?.place.map(({ value }) => value)).toEqual(['gmail', 'VMTA-5']);
});

test('two places apart from each other are two causes; what is spread evenly is all mail', () => {
  const bad = sides({ attempts: 200, deferrals: 150 }, { attempts: 100, deferrals: 2 });
  const all = sides({ attempts: 2000, deferrals: 320 }, { attempts: 1800, deferrals: 36 });
  const two = findingsIn(all, [grouping(['provider', 'vmta'], { 'gmail|A': bad, 'yahoo|B': bad })]);
  expect(two.map(({ place }) => place.map(({ value }) => value).join())).toEqual(['gmail,A', 'yahoo,B']);
  const part = sides({ attempts: 500, deferrals: 80 }, { attempts: 450, deferrals: 9 });
  const even = findingsIn(all, [grouping(['vmta'], { A: part, B: part, C: part, D: part })]);
  expect(even).toMatchObject([{ symptom: 'deferrals', place: [] }]);
});

test('more mail at the usual rates is no trouble, but told as what it is', () => {
  const more = sides({ attempts: 3000, deferrals: 60 }, { attempts: 1000, deferrals: 20 });
  const job = sides({ attempts: 2100, deferrals: 42 }, { attempts: 100, deferrals: 2 });
  const found = findingsIn(more, [
    grouping(['job'], { 'J-1': job, 'J-2': sides({ attempts: 900 }, { attempts: 900 }) }),
  ]);
  expect(found).toMatchObject([{ symptom: 'volume', place: [{ dimension: 'job', value: 'J-1' }], share: 1 }]);
});

test('nothing is found where nothing changed', () => {
  const same = sides(
    { attempts: 1000, deferrals: 25, sent: 990, hardBounced: 9 },
    { attempts: 1000, deferrals: 20, sent: 990, hardBounced: 10 },
  );
  expect(findingsIn(same, [grouping(['vmta'], { A: same })])).toEqual([]);
});

test('of a silent server its VMTAs are silent, and mail that is deferred is late: neither is a second cause', () => {
  const all = sides({ attempts: 500 }, { attempts: 1000 });
  const dark = sides({ attempts: 0 }, { attempts: 500 });
  const silent = findingsIn(all, [grouping(['vmta'], { A: dark }), grouping(['node'], { 'mta-1': dark })]);
  expect(silent).toMatchObject([{ symptom: 'silence', place: [{ dimension: 'node', value: 'mta-1' }] }]);
  const late = sides(
    { attempts: 200, deferrals: 150, timed: 100, slow: 90 },
    { attempts: 100, deferrals: 2, timed: 100, slow: 3 },
  );
  const whole = sides(
    { attempts: 1100, deferrals: 170, timed: 1000, slow: 117 },
    { attempts: 1000, deferrals: 20, timed: 1000, slow: 30 },
  );
  expect(findingsIn(whole, [grouping(['vmta'], { A: late })]).map(({ symptom }) => symptom)).toEqual([
    'deferrals',
  ]);
});
