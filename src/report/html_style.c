/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_style.c - how the page looks
 *
 * One accent for each verdict; every pair of text and ground has a contrast of 4.5 or
 * more in both schemes (WCAG 2.2, 1.4.3).  Below 56rem a table is a list of cards: its
 * rows one below the other, each cell with its column's name, so that nothing scrolls sideways.
 */
#include "report/html.h"

const char html_style[] =
	":root{color-scheme:light dark;--paper:#fbfaf8;--card:#fff;--ink:#1d1c1a;--soft:#5d5a54;--line:#e3dfd7;--well:#f4f2ed;"
	"--open:#a8141f;--open-tint:#fcebea;--closed:#14623c;--closed-tint:#e6f3eb;--unsure:#7d4a00;--unsure-tint:#fbf0dc;--quiet:#4c4a45;--quiet-tint:#eeebe4;"
	"--land:#efede7;--special:#dcd8cd;--stranger:#c8102e;--own:#1f6fb2;--loopback:#2f8f5b;--granted:#e08a1e;--mail:#6a2c91}\n"
	"@media (prefers-color-scheme:dark){:root{--paper:#141413;--card:#1c1c1a;--ink:#edebe6;--soft:#aaa69d;--line:#34322e;--well:#23221f;"
	"--open:#ff938c;--open-tint:#3a1a1a;--closed:#86d8aa;--closed-tint:#14301f;--unsure:#f3c069;--unsure-tint:#352810;--quiet:#c4c0b7;--quiet-tint:#2b2a27;"
	"--land:#232321;--special:#3a3a35;--stranger:#ff5a6e;--own:#62aef0;--loopback:#5cc78d;--granted:#f0a848;--mail:#c79bf2}}\n"
	"body.open{--accent:var(--open);--tint:var(--open-tint)}body.closed{--accent:var(--closed);--tint:var(--closed-tint)}"
	"body.unsure{--accent:var(--unsure);--tint:var(--unsure-tint)}\n"
	"*{box-sizing:border-box}html{-webkit-text-size-adjust:100%;scroll-padding-top:1.5rem}\n"
	"body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.6 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif;"
	"overflow-wrap:break-word;font-variant-numeric:tabular-nums}\n"
	"code,pre,.place,h1,h3,dd,.tries p,.evidence,.rcpt,figcaption{overflow-wrap:anywhere}\n"
	"header,nav,main,footer{max-width:70rem;margin:0 auto;padding:0 clamp(1rem,4vw,3.5rem)}\n"
	"h1,h2,h3,p,ul,ol,dl,dd,pre{margin:0}ul{padding:0;list-style:none}a{color:inherit;text-underline-offset:.18em}\n"
	"code,pre,.place{font-family:ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:.875em}\n"
	".skip{position:absolute;left:-99rem}.skip:focus{position:fixed;left:1rem;top:1rem;z-index:1;padding:.6rem 1rem;background:var(--card);color:var(--ink);border-radius:.4rem}\n"
	":focus-visible{outline:3px solid var(--accent);outline-offset:3px;border-radius:.25rem}main:focus{outline:none}\n"
	".unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}\n"
	/* The verdict */
	".top{background:var(--tint);border-bottom:1px solid var(--line)}.top header{padding-top:clamp(2rem,6vw,4rem);padding-bottom:clamp(1.75rem,5vw,3rem)}\n"
	".brand{color:var(--soft);font-size:.9375rem;letter-spacing:.02em;margin-bottom:1.5rem}.brand b{color:var(--ink);font-weight:650}\n"
	"h1{font-weight:400;font-size:clamp(1.25rem,1.05rem + 1vw,1.625rem);line-height:1.4;max-width:38em;text-wrap:balance}\n"
	"h1 .verdict{display:block;color:var(--accent);font-size:clamp(2.75rem,2rem + 4vw,4.5rem);line-height:1.05;font-weight:680;letter-spacing:-.025em;margin-bottom:.9rem}\n"
	".figures{display:flex;flex-wrap:wrap;gap:1.25rem 3rem;margin-top:2.25rem}.figures div{display:flex;flex-direction:column-reverse}\n"
	".figures dd{font-size:1.875rem;line-height:1.2;font-weight:600;letter-spacing:-.01em}.figures dt{color:var(--soft);font-size:.9375rem}\n"
	"nav{padding-top:1.25rem;padding-bottom:1.25rem;font-size:.9375rem}nav ul{display:flex;flex-wrap:wrap;gap:.375rem 1.75rem}nav a{color:var(--soft);display:inline-block;padding:.2rem 0}\n"
	/* Sections */
	"main>section{padding:clamp(2rem,5vw,3.25rem) 0;border-top:1px solid var(--line)}\n"
	"h2{font-size:1.5rem;line-height:1.3;font-weight:640;letter-spacing:-.012em;margin-bottom:1.25rem}h3{font-size:1.1875rem;line-height:1.4;font-weight:640}\n"
	"section>h3{margin:2.5rem 0 .75rem}p,li,dd{max-width:44em}p+p{margin-top:.75rem}.soft{color:var(--soft)}.lead{font-size:1.0625rem;margin-bottom:1.5rem}\n"
	".badge{display:inline-block;padding:.1em .65em;border-radius:1em;font-size:.875rem;font-weight:620;line-height:1.55;white-space:nowrap;"
	"color:var(--quiet);background:var(--quiet-tint)}.badge.open{color:var(--open);background:var(--open-tint)}"
	".badge.closed{color:var(--closed);background:var(--closed-tint)}.badge.unsure{color:var(--unsure);background:var(--unsure-tint)}\n"
	/* Tables */
	"table{width:100%;border-collapse:collapse;background:var(--card);border:1px solid var(--line);border-radius:.625rem;border-spacing:0;margin-top:1rem}\n"
	"caption{text-align:left;color:var(--soft);font-size:.9375rem;padding-bottom:.625rem}th,td{text-align:left;vertical-align:top;padding:.8rem 1rem;border-top:1px solid var(--line)}\n"
	"thead th{font-size:.9375rem;font-weight:600;border-top:0}thead .soft{display:block;font-weight:400;font-size:.875rem}th{overflow-wrap:anywhere;min-width:7.5rem}tbody th{font-weight:500}td.count{text-align:right;white-space:nowrap}\n"
	".matrix>thead>tr>th:first-child{width:12rem}\n"
	/* What unfolds */
	"summary{cursor:pointer;border-radius:.25rem;padding:.1rem 0}summary .count{white-space:nowrap;color:var(--soft);font-size:.9375rem;margin-left:.35rem}details.cell>summary{white-space:normal}\n"
	"details[open]>summary{margin-bottom:.6rem}.inside{min-width:min(22rem,60vw);padding:.25rem 0 .5rem}.inside>*+*{margin-top:.75rem}\n"
	".more>summary{color:var(--soft);font-size:.9375rem}.label{font-weight:620;font-size:.9375rem}\n"
	".tries li{padding:.55rem 0;border-top:1px solid var(--line);font-size:.9375rem;line-height:1.5}.tries li:first-child{border-top:0}.tries code{display:block;color:var(--soft)}.tries .said{color:var(--ink)}\n"
	"pre{white-space:pre-wrap;background:var(--well);border-radius:.5rem;padding:.9rem 1rem;line-height:1.5;font-size:.8125rem}\n"
	/* Findings */
	".finding{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:clamp(1.1rem,3vw,1.75rem);margin-top:1.25rem;border-left:4px solid var(--quiet)}\n"
	".finding.open{border-left-color:var(--open)}.finding.unsure{border-left-color:var(--unsure)}.finding>*+*{margin-top:.8rem}.finding h3{margin-top:.5rem}\n"
	".meta{display:flex;flex-wrap:wrap;gap:.35rem .8rem;align-items:center;font-size:.9375rem;color:var(--soft)}.place{color:var(--soft)}\n"
	".evidence{background:var(--well);border-radius:.5rem;padding:.8rem 1rem}.evidence li{max-width:none;font-size:.9375rem;padding:.15rem 0}\n"
	".fix{border-radius:.5rem;padding:.8rem 1rem;background:var(--closed-tint)}.fix b{color:var(--closed)}.fix li+li{margin-top:.4rem}.borne{color:var(--soft)}.finding h3::first-letter,.fix li::first-letter{text-transform:uppercase}p+.facts{margin-top:1.25rem}\n"
	".accepted>li{padding:.8rem 0;border-top:1px solid var(--line);max-width:none}.accepted>li>*+*{margin-top:.25rem}.accepted .rcpt{display:block;font-size:1rem;font-weight:600}\n"
	".facts{display:grid;grid-template-columns:max-content 1fr;gap:.35rem 1.5rem}.facts dt{color:var(--soft)}.facts dd{min-width:0}\n"
	/* Pictures and bars */
	"figure{margin:1.5rem 0 0}figcaption{color:var(--soft);font-size:.9375rem;margin-top:.75rem}figcaption ul{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem}\n"
	".key{display:inline-block;width:.8em;height:.8em;border-radius:.15em;margin-right:.5em;vertical-align:-.05em}\n"
	"svg{display:block;width:100%;height:auto;max-width:46rem}svg text{font-family:system-ui,'DejaVu Sans',sans-serif;font-size:13px;fill:var(--ink)}svg text.octet{font-size:8px;fill:var(--soft)}\n"
	"svg text.name{font-size:8px;fill:var(--soft);paint-order:stroke;stroke:var(--paper);stroke-width:2.5px}svg .mid{text-anchor:middle}svg .end{text-anchor:end}\n"
	"svg text.mark{font-size:11px;font-weight:600;paint-order:stroke;stroke:var(--paper);stroke-width:3px}svg text.tag{font-size:7.8px;font-weight:600;fill:var(--paper)}\n"
	".land{fill:var(--land)}.grid{fill:none;stroke:var(--line);stroke-width:.6}.special{fill:var(--special);stroke:var(--soft);stroke-width:.8}.ring{fill:none;stroke:var(--ink);stroke-width:1.4}\n"
	".stranger{fill:var(--stranger);background:var(--stranger)}.own{fill:var(--own);background:var(--own)}.loopback{fill:var(--loopback);background:var(--loopback)}"
	".granted{fill:var(--granted);background:var(--granted)}.mail{fill:var(--mail);background:var(--mail)}\n"
	".idle{fill:none;stroke:var(--granted);stroke-width:2;stroke-dasharray:4 3}.key.idle{border:2px dashed var(--granted)}table+p{margin-top:.75rem}\n"
	"table.bars{border:0;background:none}.bars caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.bars th{min-width:0}.bars thead th{color:var(--soft);font-size:.875rem}.bars thead th:nth-child(2){text-align:right}.bars th,.bars td{border:0;padding:.25rem 1rem .25rem 0}.bars th{font-weight:400}.bars .deep1{padding-left:1.25rem}.bars .deep2{padding-left:2.5rem}.bars td:last-child{width:45%;padding-right:0;vertical-align:middle}\n"
	".bar{display:block;height:.8rem;border-radius:.2rem;background:var(--accent);min-width:2px}.hours rect{fill:var(--accent)}.hours path{stroke:var(--line);fill:none}\n"
	"footer{padding-top:1.5rem;padding-bottom:3rem;color:var(--soft);font-size:.9375rem;border-top:1px solid var(--line)}\n"
	/* A narrow screen, or more columns than one can read: rows become cards. */
	"@media (max-width:56rem){.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.6rem}"
	"table:not(.bars),table:not(.bars)>tbody,table:not(.bars)>tbody>tr,table:not(.bars)>tbody>tr>*,table:not(.bars)>caption{display:block}"
	"table:not(.bars){border:0;background:none}table:not(.bars)>thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}"
	"table:not(.bars)>tbody>tr{background:var(--card);border:1px solid var(--line);border-radius:.625rem;padding:.6rem 1rem;margin-top:.75rem}"
	"table:not(.bars)>tbody>tr>*{border:0;padding:.4rem 0;text-align:left;white-space:normal}td[data-of]::before{content:attr(data-of);display:block;color:var(--soft);font-size:.875rem}"
	".inside{min-width:0}.bars td:last-child{width:30%}}\n"
	"table.wide,table.wide>tbody,table.wide>tbody>tr,table.wide>tbody>tr>*{display:block}table.wide>thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}"
	"table.wide>caption{display:block}table.wide>tbody>tr{padding:.6rem 1rem}table.wide>tbody>tr+tr{border-top:1px solid var(--line)}table.wide>tbody>tr>*{border:0;padding:.4rem 0}"
	"table.wide td[data-of]::before{content:attr(data-of);display:block;color:var(--soft);font-size:.875rem}\n"
	"@media print{:root{--paper:#fff;--well:#f6f5f2}body{font-size:10pt}nav,.skip{display:none}.finding,tr,figure{break-inside:avoid}h2,h3{break-after:avoid}"
	"*{-webkit-print-color-adjust:exact;print-color-adjust:exact}details::details-content{content-visibility:visible;height:auto}header,main,footer{max-width:none;padding-left:0;padding-right:0}}\n";
