export { openReasons, type Reasons } from './reasons';
