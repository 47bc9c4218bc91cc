import { DEFAULT_TIMING, decide, finished, firstSight, handedOver, loaded, seeAgain } from './state';
import type { Action, FileState } from './state';
import type { Kind } from './names';

const T0 = 1_000_000_000;

/** A file through time: what is seen at each second after T0, and what is to be done then. */
class Story {
  state: FileState;
  now = T0;

  constructor(kind: Kind, size: number, mtimeMs: number) {
    this.state = firstSight(kind, { size, mtimeMs }, T0);
  }

  at(seconds: number, size = this.state.size, superseded = false): Action {
    this.now = T0 + seconds * 1000;
    const mtimeMs = size === this.state.size ? this.state.mtimeMs : this.now;
    this.state = seeAgain(this.state, { size, mtimeMs }, this.now);
    return decide(this.state, this.now, DEFAULT_TIMING, superseded);
  }
}

describe('decide', () => {
  it('loads a file at once that was last changed long ago, as one renamed in', () => {
    expect(new Story('plain', 10, T0 - 3000).at(0)).toBe('load');
  });

  it('waits for a file that is being copied, and does not trust a time of change in the future', () => {
    const fresh = new Story('packed', 10, T0 + 3_600_000);
    expect([fresh.at(0), fresh.at(1), fresh.at(1.5, 20), fresh.at(3), fresh.at(3.5)]).toEqual([
      'wait',
      'wait',
      'wait',
      'wait',
      'load',
    ]);
  });

  it('follows a plain log that keeps growing, but never an archive', () => {
    for (const kind of ['plain', 'packed'] as const) {
      const growing = new Story(kind, 10, T0);
      const actions = Array.from({ length: 8 }, (_, i) => growing.at(i, 10 + i));
      expect(actions.includes('follow')).toBe(kind === 'plain');
      expect(actions).not.toContain('load');
    }
  });

  it('follows a plain log that grows after it was loaded, loads an archive again', () => {
    for (const [kind, action] of [
      ['plain', 'follow'],
      ['packed', 'load'],
    ] as const) {
      const story = new Story(kind, 10, T0 - 60_000);
      story.state = loaded(story.state, false);
      story.at(1, 20);
      expect(story.at(4)).toBe(action);
    }
  });

  it('hands a followed log over whenever it grew or shrank, and tells shrinking apart', () => {
    const story = new Story('plain', 10, T0);
    story.state = handedOver(story.state);
    expect(story.at(1)).toBe('wait');
    expect(story.at(2, 20)).toBe('follow');
    story.state = handedOver(story.state);
    expect(story.at(3, 5)).toBe('follow');
    expect(story.at(4, 20)).toBe('follow');
    expect(story.state.truncated).toBe(true);
    story.state = handedOver(story.state);
    expect([story.state.truncated, story.at(5)]).toEqual([false, 'wait']);
  });

  it('finishes a followed log when its writer left it and it has been quiet, and puts it away then', () => {
    const story = new Story('plain', 10, T0);
    story.state = handedOver(story.state);
    expect([story.at(61), story.at(62, 20, true)]).toEqual(['wait', 'follow']);
    story.state = handedOver(story.state);
    expect([story.at(121, 20, true), story.at(122, 20, true)]).toEqual(['wait', 'finish']);
    story.state = finished(story.state, true);
    expect(story.at(123)).toBe('put-away');
  });

  it('finishes a log that is idle for long but leaves it in place, ready to be followed again', () => {
    const story = new Story('plain', 10, T0);
    story.state = handedOver(story.state);
    expect(story.at(15 * 60)).toBe('finish');
    story.state = finished(story.state, false);
    expect([story.at(20 * 60), story.at(21 * 60, 20)]).toEqual(['wait', 'follow']);
  });

  it('puts an archive away at once, a plain log when it is quiet', () => {
    const packed = new Story('packed', 10, T0 - 2500);
    packed.state = loaded(packed.state, false);
    const plain = new Story('plain', 10, T0 - 2500);
    plain.state = loaded(plain.state, false);
    expect([packed.at(1), plain.at(7), plain.at(8)]).toEqual(['put-away', 'wait', 'put-away']);
  });

  it('looks anew at a refused log that changes, because a live log may begin empty', () => {
    const story = new Story('plain', 0, T0 - 2500);
    story.state = loaded(story.state, true);
    expect([story.at(1, 10), story.at(3)]).toEqual(['wait', 'load']);
  });

  it('loads an overwritten file again, but not one in .done that was touched', () => {
    const story = new Story('plain', 10, T0 - 60_000);
    story.state = loaded(story.state, false);
    story.at(1, 4);
    expect(story.at(4)).toBe('load');

    const shelved = new Story('plain', 10, T0 - 60_000);
    shelved.state = { ...loaded(shelved.state, false), phase: 'settled', putAway: true };
    shelved.state = seeAgain(shelved.state, { size: 10, mtimeMs: T0 }, T0);
    expect([shelved.at(10), shelved.at(11, 20)]).toEqual(['wait', 'follow']);
  });

  it('leaves a file alone for a while after a failure', () => {
    const story = new Story('plain', 10, T0 - 60_000);
    story.state = { ...story.state, notBefore: T0 + 5000 };
    expect([story.at(4), story.at(5)]).toEqual(['wait', 'load']);
  });
});
