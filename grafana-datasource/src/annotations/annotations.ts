import {
  AnnotationEventFieldSource,
  type AnnotationEventMappings,
  type AnnotationQuery,
  type AnnotationSupport,
} from '@grafana/data';
import { withType } from '../query/defaults';
import type { WatchtowerQuery } from '../types';
import { AnnotationEditor } from './AnnotationEditor';

/** What can be drawn into graphs: incidents as regions, and when files came in. */
export const ANNOTATED = ['incidents', 'files'] as const;

type Annotated = (typeof ANNOTATED)[number];

/** Fields that an annotation is made of. None is its id: Grafana offers to edit what has one. */
const FIELDS: Readonly<Record<Annotated, Partial<Record<keyof AnnotationEventMappings, string>>>> = {
  incidents: { time: 'start', timeEnd: 'end', title: 'kind', text: 'sentence', tags: 'severity' },
  files: { time: 'queuedAt', title: 'name', text: 'message', tags: 'status' },
};

/** The kind of an annotation; incidents where it was never chosen. */
export function annotatedKind(query: Partial<WatchtowerQuery> | undefined): Annotated {
  return query?.queryType === 'files' ? 'files' : 'incidents';
}

/** The query behind an annotation of a kind, with the filters that are there already. */
export function annotationQuery(query: Partial<WatchtowerQuery> | undefined, kind: Annotated): WatchtowerQuery {
  return withType({ refId: 'Anno', ...query }, kind);
}

/** Annotations: the query says which, and its fields are mapped here, so that nobody has to do it by hand. */
export const annotationSupport: AnnotationSupport<WatchtowerQuery> = {
  QueryEditor: AnnotationEditor,
  getDefaultQuery: () => annotationQuery(undefined, 'incidents'),
  // A mapping that was saved may be that of the other kind: all of it is set anew. Grafana prepares an annotation again
  // whenever it is another object, and asks only what it gets back as it was.
  prepareAnnotation: (annotation: AnnotationQuery<WatchtowerQuery>) => {
    const mappings = mappingsOf(annotatedKind(annotation.target));
    return JSON.stringify(annotation.mappings) === JSON.stringify(mappings) ? annotation : { ...annotation, mappings };
  },
  prepareQuery: ({ target }) => ({ ...annotationQuery(target, annotatedKind(target)), ...target, refId: 'Anno' }),
};

function mappingsOf(kind: Annotated): AnnotationEventMappings {
  const names = ['time', 'timeEnd', 'title', 'text', 'tags', 'id'] as const;
  return Object.fromEntries(
    names.map((name) => {
      const value = FIELDS[kind][name];
      return [
        name,
        value === undefined
          ? { source: AnnotationEventFieldSource.Skip }
          : { source: AnnotationEventFieldSource.Field, value },
      ];
    })
  );
}
