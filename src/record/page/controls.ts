/** The controls of a page, as markup: the script finds them by their ids. None of it is foreign text. */
export function controls(): string {
  return `<noscript><p class="note">The list and the player need JavaScript, which this browser does not run.</p></noscript>
<section id="player" aria-label="Player" hidden>
<div class="row"><button id="play" type="button" aria-pressed="false">Play</button>
<button id="back" type="button">Previous mark</button><button id="on" type="button">Next mark</button>
<label>Speed <select id="speed"></select></label>
<label><input id="skip" type="checkbox" checked> Shorten pauses to 2 s</label>
<span id="clock"></span><button id="help" type="button" aria-expanded="false" aria-controls="keys">Keys</button></div>
<div id="timeline"><canvas id="marks" aria-hidden="true"></canvas>
<input id="position" type="range" min="0" max="1000" value="0" step="any" aria-label="Position in the session"></div>
<p class="legend" aria-hidden="true"><span class="refused">refused</span> <span class="asked">asked</span> <span class="error">error</span></p>
<dl id="keys" hidden><div><dt>Space</dt><dd>play or pause</dd></div><div><dt>← →</dt><dd>5 seconds back or on</dd></div>
<div><dt>, .</dt><dd>previous or next in the list</dd></div><div><dt>p n</dt><dd>previous or next mark</dd></div>
<div><dt>- +</dt><dd>slower or faster</dd></div><div><dt>Home End</dt><dd>start or end</dd></div>
<div><dt>/</dt><dd>search</dd></div><div><dt>?</dt><dd>these keys</dd></div></dl>
</section>
<section id="screen" aria-label="Terminal" hidden><pre id="cells" role="img" aria-label="What the terminal shows at this moment"></pre></section>
<form id="filters" role="search" aria-label="Filter the list" hidden>
<label>Search <input id="query" type="search" autocomplete="off" spellcheck="false"></label>
<label>Show <select id="kind"><option value="all">everything</option><option value="statements">statements</option><option value="refused">refused</option><option value="asked">asked</option><option value="errors">errors</option><option value="terminal">terminal</option></select></label>
<label>Connection <select id="connection"><option value="">all</option></select></label>
<output id="count" aria-live="polite"></output></form>
<nav id="pages" aria-label="Pages of the list" hidden><button id="earlier" type="button">Earlier</button> <span id="page"></span> <button id="later" type="button">Later</button></nav>
<main id="list" tabindex="0" aria-label="What happened"><div id="extent"><div id="window" role="feed" aria-busy="true"></div></div></main>
<footer><p id="cut"></p></footer>`;
}
