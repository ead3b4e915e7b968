/** The style of the page: system fonts, light and dark by what the reader prefers. */
export const style = `
:root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--text:#1b2330;--dim:#586476;--line:#dce1e8;--accent:#1d5fd1;--bad:#b42318;--bad-ground:#fdecea;--warn:#8a5a00;--warn-ground:#fff4dc;--good:#1a7340;--good-ground:#e6f5ec;--code:#eef1f5}
@media (prefers-color-scheme:dark){:root{--ground:#10151d;--card:#182029;--text:#e5eaf1;--dim:#9aa8ba;--line:#2c3744;--accent:#7fb0ff;--bad:#ff9c92;--bad-ground:#3d1c1a;--warn:#f2c46d;--warn-ground:#382b10;--good:#7fd6a2;--good-ground:#143323;--code:#232d39}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
code,pre,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.9em}
a{color:var(--accent)}
.skip{position:absolute;left:-9999px}.skip:focus{left:12px;top:12px;background:var(--card);padding:8px 12px;z-index:9}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
header{background:var(--card);border-bottom:1px solid var(--line);padding:20px 28px 0;position:sticky;top:0;z-index:2}
.top{display:flex;gap:24px;align-items:center;flex-wrap:wrap}
h1{font-size:20px;margin:0;letter-spacing:-.01em}h1 small{font-weight:400;color:var(--dim);font-size:14px;margin-left:8px}
.find{margin-left:auto;display:flex;gap:10px;align-items:center}
.find input{font:inherit;color:inherit;background:var(--ground);border:1px solid var(--line);border-radius:8px;padding:7px 12px;width:300px;max-width:70vw}
#matches{color:var(--dim);font-size:13px;min-width:84px}
nav{display:flex;gap:4px;margin-top:12px;overflow-x:auto}
nav a{padding:8px 12px;text-decoration:none;color:var(--dim);border-bottom:2px solid transparent;white-space:nowrap}nav a:hover{color:var(--text);border-color:var(--line)}
nav b{font-weight:600;color:var(--text)}
main{padding:24px 28px 60px;max-width:1680px;margin:auto}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:20px 22px;margin-bottom:22px;scroll-margin-top:120px}
h2{font-size:16px;margin:0 0 4px}section>p{color:var(--dim);margin:0 0 14px}
h3{font-size:14px;margin:18px 0 8px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:14px;margin-bottom:22px}
.tile{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:14px 18px}.tile b{display:block;font-size:26px;line-height:1.2;letter-spacing:-.02em;font-variant-numeric:tabular-nums}.tile span{color:var(--dim);font-size:13px}
.tile.bad b{color:var(--bad)}.tile.warn b{color:var(--warn)}.tile.good b{color:var(--good)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{text-align:left;padding:7px 12px;border-bottom:1px solid var(--line);vertical-align:top}
thead th{color:var(--dim);font-weight:600;font-size:12px;white-space:nowrap}
tbody th{font-weight:600;white-space:nowrap}tbody tr:last-child>*{border-bottom:0}tbody tr:hover{background:var(--ground)}
.matrix td{white-space:nowrap;font-variant-numeric:tabular-nums}.matrix .none{color:var(--line)}
.tag{display:inline-block;border-radius:999px;padding:1px 9px;font-size:12px;font-weight:600;background:var(--code);color:var(--dim);white-space:nowrap}
.tag.bad{background:var(--bad-ground);color:var(--bad)}.tag.warn{background:var(--warn-ground);color:var(--warn)}.tag.good{background:var(--good-ground);color:var(--good)}
.dim{color:var(--dim)}
details{border:1px solid var(--line);border-radius:8px;margin:8px 0;padding:0 14px}summary{cursor:pointer;padding:9px 0;font-weight:600}summary .dim{font-weight:400;margin-left:8px}details[open]>summary{border-bottom:1px solid var(--line);margin-bottom:10px}
ul.fields{list-style:none;margin:0 0 10px;padding:0 0 0 18px}ul.fields li{margin:2px 0}
.del{color:var(--bad);text-decoration:none}.ins{color:var(--good);text-decoration:none}
.object{margin:6px 0 2px}
svg{display:block;max-width:100%;height:auto;min-width:min(960px,100%)}svg text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:var(--text);text-anchor:middle}svg .wave{fill:var(--dim);text-anchor:start}
svg rect{fill:var(--ground);stroke:var(--line)}svg .edge{fill:none;stroke:var(--dim);stroke-opacity:.45}svg .changed rect{stroke:var(--warn);stroke-width:2;fill:var(--warn-ground)}
.empty{color:var(--dim);padding:6px 0}[hidden]{display:none!important}
footer{color:var(--dim);font-size:13px;padding:0 28px 30px;text-align:center}
@media print{header{position:static}.find,nav,.skip{display:none}section{break-inside:avoid-page}}
`;

/** Search: every row that does not hold all words is hidden; `/` goes to the field, Escape empties it. */
export const script = `
(() => {
  const field = document.getElementById('search');
  const matches = document.getElementById('matches');
  const rows = [...document.querySelectorAll('[data-row]')].map((row) => ({ row, text: row.textContent.toLowerCase() }));
  const parts = [...document.querySelectorAll('section')].map((part) => ({
    own: [...part.querySelectorAll('[data-row]')],
    empty: part.querySelector('.empty'),
  }));
  const opened = new Set();
  const search = () => {
    const words = field.value.toLowerCase().split(/\\s+/).filter((word) => word !== '');
    let found = 0;
    for (const { row, text } of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      if (row.hidden) continue;
      found += 1;
      const folded = row.tagName === 'DETAILS' ? row : row.closest('details');
      if (words.length > 0 && folded && !folded.open) {
        folded.open = true;
        opened.add(folded);
      }
    }
    if (words.length === 0) {
      for (const folded of opened) folded.open = false;
      opened.clear();
    }
    for (const { own, empty } of parts) if (empty) empty.hidden = own.some((row) => !row.hidden);
    matches.textContent = words.length === 0 ? '' : found === 1 ? '1 match' : found + ' matches';
  };
  field.addEventListener('input', search);
  document.addEventListener('keydown', (event) => {
    if (event.key === '/' && document.activeElement !== field) {
      event.preventDefault();
      field.focus();
      field.select();
    } else if (event.key === 'Escape' && document.activeElement === field) {
      field.value = '';
      search();
    }
  });
})();
`;
