// numbers.mjs - medians, and formatting of numbers.
export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

// The value that is not exceeded by the share `part` of the values: 0.99 for the 99th percentile.
export const quantile = (values, part) =>
  [...values].sort((a, b) => a - b)[Math.ceil(values.length * part) - 1];

// The median of each member over a list of objects of numbers.
export const medians = (objects) =>
  Object.fromEntries(
    Object.keys(objects[0]).map((key) => [key, median(objects.map((one) => one[key]))]),
  );

// Three significant digits, with thousands separators.
export function readable(value) {
  if (value === undefined) return '–';
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return Number(value.toFixed(Math.min(digits, 2))).toLocaleString('en-US');
}

export const percent = (value) => `${(100 * value).toFixed(0)} %`;
