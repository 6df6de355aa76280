// Narrows the page down, and opens what a link leads to. Without it everything is there to be read.
function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const own = target?.closest('.case');
  if (!own) return;
  own.hidden = false;
  own.open = true;
  target.scrollIntoView();
  target.focus({ preventScroll: true });
}

(() => {
  const form = document.getElementById('filter');
  const rows = [...document.querySelectorAll('.matrix tbody tr')];
  const cases = [...document.querySelectorAll('.case')];
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));

  const narrow = () => {
    const data = new FormData(form);
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdicts = new Set(data.getAll('verdict'));
    const differing = data.has('differs');
    const anchors = new Set();
    let shown = 0;
    for (const row of rows) {
      const own = row.dataset.v.split(' ').some((verdict) => verdicts.has(verdict));
      const isLike = words.every((word) => texts.get(row).includes(word));
      row.hidden = !own || !isLike || (differing && !('differs' in row.dataset));
      if (row.hidden) continue;
      shown += 1;
      for (const link of row.querySelectorAll('a')) anchors.add(link.hash.slice(1));
    }
    for (const one of cases) {
      one.hidden = !verdicts.has(one.dataset.v) || !anchors.has(one.querySelector('.body').id);
    }
    document.getElementById('nothing').hidden = shown > 0;
    document.getElementById('shown').textContent = `${shown} of ${rows.length} shown`;
  };

  form.hidden = false;
  form.addEventListener('input', narrow);
  form.addEventListener('submit', (event) => event.preventDefault());
  addEventListener('hashchange', openTarget);
  narrow();
  openTarget();
})();
