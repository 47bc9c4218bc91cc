// Jest setup provided by Grafana scaffolding
import './.config/jest-setup';
import { configure } from '@testing-library/react';

// Whether each element is visible is asked of all styles of the page again and again: minutes, on a busy machine.
configure({ defaultHidden: true, asyncUtilTimeout: 20_000 });
jest.setTimeout(60_000);

// jsdom draws nothing. Choices are shown as far as they are in sight, so things need a size, and texts a width.
HTMLCanvasElement.prototype.getContext = () => ({ measureText: (text) => ({ width: 8 * text.length }) });
for (const size of ['offsetHeight', 'offsetWidth', 'clientHeight', 'clientWidth']) {
  Object.defineProperty(HTMLElement.prototype, size, { configurable: true, value: 150 });
}
Element.prototype.getBoundingClientRect = () => new DOMRect(0, 0, 150, 150);

global.DOMRect ??= class {
  constructor(x, y, width, height) {
    Object.assign(this, { x, y, width, height, left: x, top: y, right: x + width, bottom: y + height });
  }
};
class Observer {
  observe() {}
  unobserve() {}
  disconnect() {}
}
global.ResizeObserver ??= Observer;
global.IntersectionObserver ??= Observer;
