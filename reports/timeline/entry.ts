/** One line of the timeline. */
export interface Entry {
  /** Milliseconds since the run's start. */
  at: number;
  label: string;
  text: string;
  alarming: boolean;
}
