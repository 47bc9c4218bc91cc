export { openLog, plain, type Log } from './log';
