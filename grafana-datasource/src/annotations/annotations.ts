import { AnnotationEventFieldSource, type AnnotationQuery, type AnnotationSupport } from '@grafana/data';
import type { WatchtowerQuery } from '../types';
import { AnnotationEditor } from './AnnotationEditor';

/** What can be drawn into graphs: incidents as regions, and when files came in. */
export const ANNOTATED = ['incidents', 'files'] as const;

/** Fields that an annotation is made of, by the kind of query. */
const MAPPINGS = {
  incidents: { time: 'start', timeEnd: 'end', title: 'kind', text: 'sentence', tags: 'severity', id: 'id' },
  files: { time: 'finishedAt', title: 'name', text: 'message', tags: 'status', id: 'id' },
} as const;

/** Annotations: the query says which, and its fields are mapped here, so that nobody has to do it by hand. */
export const annotationSupport: AnnotationSupport<WatchtowerQuery> = {
  QueryEditor: AnnotationEditor,
  getDefaultQuery: () => ({ queryType: 'incidents', filters: [], format: 'table' }),
  prepareAnnotation: (annotation: AnnotationQuery<WatchtowerQuery>) => {
    const kind = annotation.target?.queryType === 'files' ? 'files' : 'incidents';
    const mappings = Object.fromEntries(
      Object.entries(MAPPINGS[kind]).map(([part, field]) => [
        part,
        { source: AnnotationEventFieldSource.Field, value: field },
      ])
    );
    return { ...annotation, mappings: { ...mappings, ...annotation.mappings } };
  },
  prepareQuery: (annotation) => annotation.target && { ...annotation.target, refId: annotation.target.refId ?? 'Anno' },
};
