import type { AnnotationQuery } from '@grafana/data';
import type { WatchtowerQuery } from '../types';
import { annotationQuery, annotationSupport } from './annotations';

const prepared = (target: Partial<WatchtowerQuery> | undefined, mappings = {}) => {
  const annotation = { name: 'x', enable: true, iconColor: '', target, mappings };
  return annotationSupport.prepareAnnotation?.(annotation as AnnotationQuery<WatchtowerQuery>);
};

// Without it files would be looked for at the fields of incidents after a person changed from one to the other.
test('each kind has the fields it is made of, whatever was saved for the other one', () => {
  const incidents = prepared({ queryType: 'incidents' });
  expect(incidents?.mappings?.time).toEqual({ source: 'field', value: 'start' });
  const files = prepared({ queryType: 'files' }, incidents?.mappings);
  expect(files?.mappings?.time).toEqual({ source: 'field', value: 'queuedAt' });
  expect(files?.mappings?.timeEnd).toEqual({ source: 'skip' });
});

// Without it Grafana's editor of annotations would prepare the annotation for ever and never ask for it.
test('what is prepared already comes back as it was', () => {
  const once = prepared({ queryType: 'files' });
  expect(annotationSupport.prepareAnnotation?.(once)).toBe(once);
});

test('nothing is an annotation that a person could edit', () => {
  expect(prepared({ queryType: 'incidents' })?.mappings?.id).toEqual({ source: 'skip' });
});

test('a new annotation asks for incidents; filters stay with them and go with files', () => {
  const filters = [{ dimension: 'vmta', operator: '=' as const, values: ['v'] }];
  const annotation = { target: undefined } as unknown as AnnotationQuery<WatchtowerQuery>;
  expect(annotationSupport.prepareQuery?.(annotation)).toMatchObject({ refId: 'Anno', queryType: 'incidents' });
  expect(annotationQuery({ queryType: 'incidents', filters }, 'incidents').filters).toEqual(filters);
  expect(annotationQuery({ queryType: 'incidents', filters }, 'files')).not.toHaveProperty('filters');
});
