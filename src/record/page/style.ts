/** Of a page. System colours where there is no reason for others; both schemes have a contrast of at least 4.5. */
export const STYLE = `
:root{color-scheme:light dark;--paper:light-dark(#fff,#111417);--raised:light-dark(#f5f6f7,#191d21);--ink:light-dark(#1a1d20,#e3e6e8);--dim:light-dark(#586069,#99a2ab);--line:light-dark(#d0d5da,#30363d);--accent:light-dark(#0b5cad,#6cb2f5);--refused:light-dark(#b42318,#ff8a80);--asked:light-dark(#6b3fa0,#c9a4f5);--error:light-dark(#8a5300,#f0b35c);--good:light-dark(#1b6e3a,#71c48c);--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
*{box-sizing:border-box}
[hidden]{display:none!important}
html,body{height:100%;margin:0}
body{display:flex;flex-direction:column;background:var(--paper);color:var(--ink);font:14px/1.45 system-ui,sans-serif}
header,#player,#filters,#pages,#screen,footer,.note{padding:.5rem 1rem;flex:none}
header{background:var(--raised);border-bottom:1px solid var(--line)}
h1{font-size:1rem;margin:0;overflow-wrap:anywhere}
dl{margin:.4rem 0 0;display:grid;grid-template-columns:repeat(auto-fill,minmax(22rem,1fr));gap:.15rem 1.5rem}
dl>div{display:flex;gap:.6rem}
dt{flex:none;width:6.5rem;color:var(--dim)}
dd{margin:0;overflow-wrap:anywhere;font-family:var(--mono);font-size:12.5px}
#keys dt{width:5rem;font-family:var(--mono)}
button,select,input{font:inherit;color:inherit}
button,select,input[type=search]{background:var(--paper);border:1px solid var(--line);border-radius:3px;padding:.2rem .6rem}
button:hover,select:hover{border-color:var(--accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
#play{min-width:5rem;font-weight:600}
.row,#filters{display:flex;flex-wrap:wrap;gap:.4rem .9rem;align-items:center}
#clock{font:12.5px var(--mono);font-variant-numeric:tabular-nums;margin-left:auto}
#timeline{position:relative;height:34px;margin-top:.4rem}
#marks{position:absolute;inset:0;width:100%;height:22px;background:var(--raised);border:1px solid var(--line);border-radius:3px}
#position{position:absolute;left:0;right:0;top:8px;width:100%;margin:0;accent-color:var(--accent)}
.legend{margin:0;font-size:12px;color:var(--dim)}
.legend span::before{content:"";display:inline-block;width:3px;height:11px;margin:0 .35rem 0 .8rem;background:currentColor;vertical-align:-1px}
.legend .refused{color:var(--refused)}.legend .asked{color:var(--asked)}.legend .error{color:var(--error)}
#filters{border-top:1px solid var(--line);background:var(--raised)}
#query{width:min(26rem,60vw)}
#count,#page{color:var(--dim)}
#screen{border-top:1px solid var(--line);max-height:45vh;overflow:auto}
#cells{margin:0;font:12.5px/1.25 var(--mono);width:max-content;background:#14171a;color:#d8dcdf;padding:.4rem}
#list{flex:1;min-height:6rem;overflow:auto;border-top:1px solid var(--line);overflow-anchor:none}
#extent{position:relative}
#window{position:absolute;top:0;left:0;right:0}
article{padding:.45rem 1rem .5rem;border-bottom:1px solid var(--line);border-left:4px solid transparent}
article.refused{border-left-color:var(--refused)}
article.asked:not(.refused){border-left-color:var(--asked)}
article.error:not(.refused,.asked){border-left-color:var(--error)}
article[aria-current=true]{background:color-mix(in srgb,var(--accent) 12%,var(--paper))}
article.ahead{opacity:.6}
.place{display:flex;gap:.8rem;color:var(--dim);font:12px var(--mono);flex-wrap:wrap}
.place button{padding:0;border:0;background:none;color:var(--accent);font:inherit;cursor:pointer}
.place time{margin-left:auto}
pre{margin:.15rem 0;font:13px/1.4 var(--mono);white-space:pre-wrap;overflow-wrap:anywhere}
pre.statement{font-weight:600}
.dim,.lines{color:var(--dim);font-size:13px}
.bad,.refusal{color:var(--refused)}.warn,.notice{color:var(--error)}.good{color:var(--good)}
.part{margin:.25rem 0 0 1rem}
.part.request,.part.preview,.part.answer,.part.settled,.part.granted,.part.revoked{border-left:2px solid var(--asked);padding-left:.6rem}
.part p{margin:.1rem 0;overflow-wrap:anywhere}
.scroll{overflow-x:auto}.scroll+.scroll{margin-top:.35rem}
table{border-collapse:collapse;font:12.5px/1.35 var(--mono)}
caption{text-align:left;color:var(--dim);caption-side:bottom;padding-top:.15rem;font-family:system-ui,sans-serif}
th,td{border:1px solid var(--line);padding:.1rem .5rem;text-align:left;vertical-align:top;white-space:pre-wrap;max-width:40rem;overflow-wrap:anywhere}
th{background:var(--raised);font-weight:600}
td.null{color:var(--dim);font-style:italic}
tr.before td:first-child{color:var(--refused)}tr.after td:first-child{color:var(--good)}
mark{background:light-dark(#ffe58a,#6b5a00);color:inherit}
pre.terminal{background:#14171a;color:#d8dcdf;padding:.3rem .5rem;max-height:20rem;overflow:auto}
footer{border-top:1px solid var(--line);color:var(--dim);font-size:12.5px}
footer p{margin:0}
.note{margin:0;color:var(--error)}
@media (prefers-reduced-motion:reduce){*{scroll-behavior:auto!important}}
@media (max-width:40rem){dl{grid-template-columns:1fr}article{padding-left:.6rem}}
@media print{:root{color-scheme:light}html,body{height:auto;display:block}#player,#filters,#pages,#screen,.place button{display:none}#list{overflow:visible;height:auto}#extent{height:auto!important}#window{position:static;transform:none!important}article{break-inside:avoid-page;opacity:1!important}pre.terminal{background:none;color:inherit;max-height:none;border:1px solid var(--line)}}
`;
