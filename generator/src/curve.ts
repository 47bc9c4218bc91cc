const SLOT = 60;

/** Relative volume of mail at a time of day: a quiet night, peaks in the morning, afternoon and evening. */
function volume(hour: number): number {
  const peak = (at: number, width: number): number => {
    const distance = Math.min(Math.abs(hour - at), 24 - Math.abs(hour - at));
    return Math.exp(-((distance / width) ** 2));
  };
  return 0.45 + peak(10, 3) + 0.9 * peak(15, 3) + 0.5 * peak(20, 2);
}

/** When mail is injected: message times over a stretch of time follow the volume curve of a day. */
export class InjectionCurve {
  private readonly cumulated: Float64Array;
  private slot = 0;

  /**
   * `start` and `seconds` say which stretch (epoch seconds), `offsetAt` the local clock's seconds ahead of UTC,
   * `factorAt` what the volume of a minute is multiplied by.
   */
  constructor(
    private readonly start: number,
    private readonly seconds: number,
    offsetAt: (time: number) => number = () => 0,
    factorAt: (time: number) => number = () => 1,
  ) {
    const slots = Math.ceil(seconds / SLOT);
    this.cumulated = new Float64Array(slots + 1);
    for (let i = 0; i < slots; i++) {
      const length = Math.min(SLOT, seconds - i * SLOT);
      const time = start + i * SLOT;
      const second = (((time + offsetAt(time)) % 86400) + 86400) % 86400;
      this.cumulated[i + 1] = this.volumeBefore(i) + volume(second / 3600) * length * factorAt(time);
    }
  }

  /** The second (epoch) by which the share `x` (0 <= x < 1) of the mail was injected; never falls as `x` grows. */
  at(x: number): number {
    const wanted = x * this.volumeBefore(this.cumulated.length - 1);
    if (!(wanted >= this.volumeBefore(this.slot) && wanted < this.volumeBefore(this.slot + 1))) {
      this.slot = this.find(wanted);
    }
    const before = this.volumeBefore(this.slot);
    const within = (wanted - before) / (this.volumeBefore(this.slot + 1) - before);
    const length = Math.min(SLOT, this.seconds - this.slot * SLOT);
    return this.start + this.slot * SLOT + Math.floor(within * length);
  }

  private volumeBefore(slot: number): number {
    return this.cumulated[slot] ?? Infinity;
  }

  private find(wanted: number): number {
    let low = 0;
    let high = this.cumulated.length - 2;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.volumeBefore(middle) <= wanted) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
