export { dashboards } from './dashboards';
export { provisionedFiles, type ProvisionedFile } from './files';
