/** The script of the workbench's page: every panel with its scenes. */
export function workbenchScript(): string;
