/** Lays out the volumes of docker-compose.yml under a folder; secrets that are there stay. */
export function setUp(folder: string, env: NodeJS.ProcessEnv): void;
