"""Verdicts, kind by kind: what counts as the same answer, and what does not."""

from pathlib import Path

import pytest

from sample_engineering.errors import GoldError
from sample_engineering.grading import grade, grade_batch, read_gold, read_sample_gold
from sample_engineering.sample import Sample

RIGHT = [
    # numbers
    ("85", "85"),
    ("85", " 85 . "),
    ("1234567.8", "1,234,567.8"),
    ("1000", "1 000"),
    ("1000", r"1\,000"),
    ("10,\\!080", "10080"),
    ("58,500", "58500"),
    ("-5", "−5"),
    ("5", "+5"),
    ("0.5", ".5"),
    ("0.5", r"\frac12"),
    ("1/2", "½"),
    ("3.5", "3½"),
    ("1\\frac{4}{5}", "9/5"),
    ("\\frac{9}{5}", "1 4/5"),
    ("3\\times10^8", "3.0e8"),
    ("3\\times10^8", "3.0E8"),
    ("3\\times10^8", "3E+8"),
    ("3\\times10^8", "3·10⁸"),
    ("3\\times10^8", "3 × 10^8"),
    ("3\\times10^8", "3*10^8"),
    ("3\\times10^8", "3 x 10^{8}"),
    ("3\\times10^8", "300,000,000"),
    ("3e8", r"3 \cdot 10^{8}"),
    ("6.5e-2", r"6.5\times10^{-2}"),
    ("6.5e-2", "6.5×10⁻²"),
    ("5", "٥"),
    ("52", "５２"),
    ("\\frac13", "0.333333"),
    ("\\frac{1}{12}", "0.0833333333333333"),
    ("12", "x = 12"),
    ("12", r"x \approx 12"),
    ("12", r"\text{The answer is } 12"),
    ("12", "The answer is 12."),
    ("12", r"\mathbf{12}"),
    ("12", r"\text{12}"),
    ("12", "$12$"),
    ("12", "**12**"),
    ("12", "x = 5 + 7 = 12"),
    ("1019", "2^{10} - 5 = 1019"),
    ("28\\%", "28 percent"),
    ("28\\%", "28"),
    ("0.25", "25\\%"),
    ("52_8", "52_{8}"),
    ("52_8", r"52_{\text{eight}}"),
    ("1,234", "1234"),
    ("12", "12.0"),
    ("12", r"\frac{12}{1}"),
    ("\\frac34", r"\frac{6}{8}"),
    ("12", r"\boxed{12}"),
    ("12", r"\color{red}{12}"),
    ("1.5 h", "90 min"),
    ("37^\\circ C", "98.6 °F"),
    ("np.arcsin(10/13)", r"\sin^{-1}\frac{10}{13}"),
    ("0.0011_{2}", "0.0011_2"),
    ("5", "{{{5}}}"),
    ("5", "((5))"),
    ("9.81", r"9.8066 \approx 9.81"),
    ("9.8066", r"9.8066 \approx 9.81"),
    ("13", r"12.6 \approx 13"),
    (r"\frac{2}{3}", r"\frac{2}{3} \approx 0.667 \approx 0.67"),
    (r"\frac{2}{3}", r"\frac{2}{3} \approx 0.666"),
    (r"\frac{2}{3}", r"0.667 \approx \frac{2}{3}"),
    ("12", "12 = x"),
    (r"\frac13", r"0.\overline{3}"),
    (r"\frac13", r"0.\bar{3}"),
    (r"\frac13", r"0.\dot{3}"),
    (r"\frac13", "0.(3)"),
    (r"\frac17", r"0.\dot{1}4285\dot{7}"),
    (r"\frac16", r"0.1\overline{6}"),
    # what is asked for, before the value
    ("25", "m+n = 25"),
    ("25", "m + n = 9 + 16 = 25"),
    ("10", "|z|^2 = 10"),
    ("7", r"\det(A) = 7"),
    (r"\frac12", r"\sin\theta = \frac12"),
    (r"2\sqrt2", r"a+b = 2\sqrt2"),
    (r"\frac13", r"\int_0^1 x^2 dx = \frac13"),
    (r"\frac56", r"\frac1a+\frac1b = \frac56"),
    # numbers in words, and what they count
    ("12", r"12 \text{ ways}"),
    ("12", "12 different ways"),
    ("500", r"500\text{ mice}"),
    ("12", r"\text{There are 12 ways}"),
    ("12", "There are 12 ways."),
    ("12", "12 个"),
    ("5", r"5^{\text{th}}"),
    ("5", "5th"),
    ("12", "twelve"),
    ("21", r"\text{twenty-one}"),
    (r"\text{twelve}", "12"),
    ("3000000", r"3 \text{ million}"),
    ("3000000", "3 million people"),
    ("30000", "3万"),
    ("\\$3,000,000", r"\$3 \text{ million}"),
    ("12", r"12 \quad \blacksquare"),
    ("12", r"\Large 12"),
    ("12", r"{\color{red}12}"),
    ("12", r"12\text{.}"),
    ("12", "'12'"),
    ("12", '"12"'),
    ("12", "= 12"),
    ("1.5", r"150\%"),
    (r"\frac34", r"0.75 \text{ or } \frac34"),
    # numbers with units
    ("5", "5 N"),
    ("5", "5 eV"),
    ("5", r"5\,\Omega"),
    ("5", r"5\ \mathrm{k}\Omega"),
    ("25", r"25^\circ\mathrm{C}"),
    ("25", "25 °C"),
    ("5", r"5 \frac{\text{m}}{\text{s}}"),
    ("9.8", r"9.8\,\mathrm{m/s^2}"),
    ("9.8", "9.8 m s^{-2}"),
    ("9.8", "9.8 m/s²"),
    ("8.314", r"8.314\ \mathrm{J/(mol\cdot K)}"),
    ("5", "v = 5 m/s"),
    ("5", r"5 \text{ square meters}"),
    ("5", "$5"),
    ("5", r"\$5.00"),
    ("5", r"5\ \mu\text{m}"),
    ("120", r"120\text{ degrees}"),
    # quantities
    ("5 m/s", "18 km/h"),
    ("5 m/s", r"18\,\mathrm{km}\,\mathrm{h}^{-1}"),
    ("5 m/s", "5 meters per second"),
    ("5 m/s", "5"),
    ("12\\text{ m}", "1200 cm"),
    ("12\\text{ m}", r"0.012 \text{ km}"),
    ("25^\\circ\\mathrm{C}", "298.15 K"),
    ("90^\\circ", "90"),
    ("90^\\circ", r"\frac{\pi}{2}\text{ rad}"),
    ("\\$18.90", "18.90 dollars"),
    ("\\$18.90", "1890 cents"),
    ("\\$32,\\!348", "$32,348"),
    ("15\\mbox{ cm}^2", r"15 \text{ square centimeters}"),
    ("15\\mbox{ cm}^2", "15 cm²"),
    ("864 \\mbox{ inches}^2", "6 square feet"),
    ("16\\text{ daps}", "16"),
    ("16\\text{ daps}", "16 \\text{ daps}"),
    ("1 atm", "101325 Pa"),
    ("1 kWh", "3.6e6 J"),
    ("\\frac{270}7\\text{ degrees}", r"\frac{270}{7}^\circ"),
    # units as they are typeset
    ("9.8 m/s^2", r"9.8\ \mathrm{m\,s^{-2}}"),
    ("9.8 m/s^2", r"9.8\,\mathrm{\frac{m}{s^{2}}}"),
    ("15\\text{ cm}^3", r"15\ \mathrm{cm^{3}}"),
    ("15", "15 \\text{ cm²}"),
    ("5 J/(mol K)", r"5\ \mathrm{J\,mol^{-1}\,K^{-1}}"),
    ("6.67e-11 N*m^2/kg^2", r"6.67 \times 10^{-11}\ \mathrm{N\,m^2\,kg^{-2}}"),
    *(
        ("300.15 K", "27" + degrees)
        for degrees in (
            r"\,^{\circ}\mathrm{C}",
            r"{}^\circ\text{C}",
            r"^\circ \text{C}",
            " ℃",
            "°C",
            r"\text{ °C}",
            " degrees Celsius",
            r"\,\text{degrees C}",
            r"^{\text{o}}\text{C}",
            "^{o}C",
            r"\degree C",
            r"\,\mathrm{^{\circ}C}",
            r"\,{^\circ}\mathrm{C}",
        )
    ),
    ("5 cm", r"5 \text{厘米}"),
    ("5 cm^2", "5平方厘米"),
    ("60 km/h", "60千米/小时"),
    ("500", r"500\text{元}"),
    ("500", "¥500"),
    ("500 yuan", "¥500"),
    ("\\$12.50", r"\text{US}\$12.50"),
    ("2.5 h", r"2 \text{ hours } 30 \text{ minutes}"),
    ("2.5 h", "2 h 30 min"),
    ("5.5 ft", "5 ft 6 in"),
    ("0.1 M", "100 mM"),
    ("938 MeV/c^2", r"0.938\ \text{GeV}/c^2"),
    # choices
    ("B", "(B)"),
    ("B", "B."),
    ("B", "B. text of the option"),
    ("B", r"\text{(B)}"),
    ("B", r"\textbf{B}"),
    ("B", "b"),
    ("B", "Option B"),
    ("B", "B) a longer text"),
    ("B", "B: because"),
    ("\\text{(C)}", "C"),
    ("A", "A. A dog"),
    # expressions
    ("2\\sqrt2", r"\sqrt{8}"),
    ("x^2-1", "(x-1)(x+1)"),
    ("\\tan^2(y)+1", r"\sec^2 y"),
    ("\\sqrt{17}", "4.1231056"),
    ("\\frac{x+2}{7}", r"\frac{x}{7}+\frac{2}{7}"),
    ("6 - 5i", "-5i+6"),
    ("\\frac{9}{4}\\pi", r"\frac{9\pi}{4}"),
    ("70\\sqrt{2}", r"70\sqrt{2}\text{ cm}"),
    ("2k+2", "2(k+1)"),
    ("3 - 2f(x)", "-2f(x)+3"),
    ("\\frac{1}{2^{99}}", "2^{-99}"),
    ("e^{t}/3", r"\frac{\exp(t)}{3}"),
    ("\\sqrt2", "√2"),
    ("10x\\sqrt{21x}", r"\sqrt{2100x^3}"),
    ("\\binom{n}{2}", r"\binom{n}{2}"),
    ("\\cot x", r"\frac{\cos x}{\sin x}"),
    ("\\infty", "∞"),
    (r"\sqrt{\frac{k}{m}}", r"\frac{\sqrt{km}}{m}"),
    (r"\sqrt{(x-10)^2}", "|x-10|"),
    (r"\lceil n/2 \rceil", r"\lfloor (n+1)/2 \rfloor"),
    (r"\binom{n}{k}", r"\frac{n!}{k!(n-k)!}"),
    (r"\binom{2n}{n}", r"\frac{(2n)!}{(n!)^2}"),
    (r"\binom{n}{k}", r"{n \choose k}"),
    (r"\binom{n}{k}", "C(n,k)"),
    ("2023^{2023}-1", "-1+2023^{2023}"),
    ("10^{3000}-1", "-1+10^{3000}"),
    ("2024!", r"2024\cdot 2023!"),
    # equations
    (r"y=\frac{1}{x}", "xy=1"),
    (r"(x,y)=(1,2)", "y=2, x=1"),
    ("(1,2)", r"x=1 \text{ and } y=2"),
    (r"(-\infty,1)\cup(1,2)\cup(2,\infty)", r"x \ne 1 \text{ and } x \ne 2"),
    (r"(-\infty,1)\cup(1,2)\cup(2,\infty)", r"x \ne 1, 2"),
    ("(1,3)", r"x>1 \text{ and } x<3"),
    ("x=5", "5"),
    ("y = 2x + 3", "2x+3"),
    ("y = 2x + 3", "2x - y + 3 = 0"),
    ("5x - 7y + 11z + 4 = 0", "-5x+7y-11z=4"),
    ("x \\ge 5", "5 <= x"),
    ("x < 1", "-x > -1"),
    ("f(2) < f(1) < f(4)", "f(4) > f(1) > f(2)"),
    # sets, tuples, intervals, matrices
    ("1,-2", "-2, 1"),
    ("1,-2", r"\{-2, 1\}"),
    ("1,-2", r"x=1 \text{ or } x=-2"),
    ("3, 5, 7", r"3, 5 \text{ and } 7"),
    ("1 \\pm \\sqrt{19}", r"1+\sqrt{19}, 1-\sqrt{19}"),
    ("\\{1\\pm\\sqrt{5},-2\\}", r"\{-2, 1+\sqrt5, 1-\sqrt5\}"),
    ("60^\\circ, 120^\\circ", "120, 60"),
    ("(3,\\frac{\\pi}{2})", r"\left( 3, \dfrac{\pi}{2} \right)"),
    ("(1,\\frac{9}{2})", "(1, 4.5)"),
    ("(p,q,r)=(6,31,-1)", "(6,31,-1)"),
    ("(6,31,-1)", "(p,q,r)=(6,31,-1)"),
    ("(100,200)", "(100, 200)"),
    ("x \\in [-2,7]", "[-2,7]"),
    ("[-2,7]", r"-2 \le x \le 7"),
    ("(2,12) \\cup (12,102)", r"x \in (12,102)\cup(2,12)"),
    ("(-\\infty, 2) \\cup (2, \\infty)", r"x \ne 2"),
    ("(-\\infty, 2) \\cup (2, \\infty)", r"\mathbb{R} \setminus \{2\}"),
    ("(2,\\infty)", "x > 2"),
    (
        "\\begin{pmatrix} -1/3 \\\\ 2/3 \\end{pmatrix}",
        r"\begin{bmatrix} -\frac13 \\ \frac23 \end{bmatrix}",
    ),
    ("\\emptyset", r"\{\}"),
    ("3:5", "3:5"),
    ("3:5", "6:10"),
    # formulas
    ("H_2O", r"\ce{H2O}"),
    ("\\mathrm{H_2O}", "H₂O"),
    ("\\ce{H2O}", r"\mathrm{H}_2\mathrm{O}"),
    ("SO_4^{2-}", r"\ce{SO4^2-}"),
    ("SO_4^{2-}", "SO₄²⁻"),
    ("\\mathrm{Fe^{3+}}", r"\ce{Fe^3+}"),
    ("\\mathrm{Fe^{3+}}", "Fe3+"),
    ("\\ce{NH4+}", "NH_4^+"),
    ("\\ce{Ca(OH)2}", r"\text{Ca(OH)}_2"),
    ("\\ce{CuSO4.5H2O}", r"CuSO_4 \cdot 5H_2O"),
    ("\\ce{2H2 + O2 -> 2H2O}", r"O_2 + 2H_2 \rightarrow 2H_2O"),
    # text
    ("\\text{Evelyn}", "evelyn"),
    ("\\text{even}", "Even"),
    ("\\text{True}", "True"),
    ("\\text{4:30 p.m.}", "4:30 p.m."),
    ("12:00", "12:00"),
    ("\\text{Softball, Kickball, Picnic}", "Softball,  kickball, picnic"),
]

WRONG = [
    # the whole final answer counts
    ("12", "11=12"),
    ("12", "12=11"),
    ("12", "x=11=12"),
    ("12", "x=11 or x=12"),
    ("12", "11 or 12"),
    ("12", "12, 13"),
    ("12", "0,1,2,3,4,5,6,7,8,9,10,11,12"),
    ("12", r"\{12, 13\}"),
    ("12", r"\pm 12"),
    ("12", "[0,100]"),
    ("12", r"x \ge 12"),
    ("12", ">12"),
    ("12", r"x \in \mathbb{R}"),
    ("12", r"x \ne 11"),
    ("12", "not 12"),
    ("12", "The answer is not 12"),
    ("12", "12%"),
    ("12", "1200\\%"),
    ("0.5", "0.5\\%"),
    ("12", "12 bananas"),
    ("12", r"12\text{ bananas}"),
    ("12", "12 dozen"),
    ("12", "12 or 13 ways"),
    ("12", "12 ways or 13"),
    ("12", "more than 12 ways"),
    ("12", "12 less than 13 people"),
    ("12", "There are not 12 ways"),
    ("12", "There are at least 12 ways"),
    ("12", "thirteen"),
    ("12", "12 million"),
    ("12", "12 thousand people"),
    ("3000000", "3 billion"),
    ("5", "5th root"),
    (r"\frac34", r"0.75 \text{ or } \frac14"),
    ("12", "12x"),
    ("12", "12 x"),
    ("12", "12_{13}"),
    ("1019", "2^{10}-5"),
    ("1024", "2^{10}"),
    ("5050", r"\sum_{k=1}^{100} k"),
    ("\\frac13", r"\int_0^1 x^2 dx"),
    ("252", r"\binom{10}{5}"),
    ("9", r"7^{100} \bmod 13"),
    ("12", r"\max(11,12)"),
    ("120", "5!"),
    ("12", "12 + 0"),
    ("12", "3 \\cdot 4"),
    ("12", r"\lim_{x \to 12} x"),
    ("12", "1 2"),
    ("12", "24/2"),
    ("12", r"\frac{144}{12}"),
    ("-12", r"-\frac{144}{12}"),
    ("12", "12:1"),
    ("12", "12 13"),
    ("12", "|12|"),
    ("12", r"\lfloor 12.5 \rfloor"),
    ("12", ""),
    ("12", "?"),
    ("12", "12." + "0" * 5 + "4"),
    ("5", "NaN"),
    ("5", r"\frac{0}{0}"),
    ("5", r"\infty"),
    # tiny and close numbers
    ("10^{-20}", "10^{-21}"),
    ("10^{-20}", "0"),
    ("1.602\\times10^{-19}", r"9.11\times10^{-31}"),
    ("6.63\\times10^{-34}", "0"),
    ("0.00000043", "0.00000012"),
    ("\\frac13", "0.333"),
    ("\\frac13", "0.334"),
    ("671.02", "671.03"),
    ("16386.17", "16386.16"),
    ("1.6", "16"),
    ("52_8", "52_9"),
    ("52_8", "42"),
    ("1010_2", "1010_3"),
    ("1000000", "1000001"),
    ("100000000000000000000", "100000000000000000001"),
    ("10^{40}", "10^{40}+1"),
    # one box has one value: a row of numbers is right for none
    ("12", r"10 \approx 11 \approx 12 \approx 13 \approx 14"),
    ("12", "12≈13"),
    ("13", "12≈13"),
    ("12", r"12.5 \approx 12 \approx 13"),
    ("9.81", "9.79≈9.80≈9.81≈9.82"),
    ("200", "1e2≈2e2≈3e2"),
    ("0.6", r"0.7 \approx 0.6"),
    ("5", r"v = 4.3 \approx 5"),
    # repeating decimals
    (r"0.\overline{3}", r"0.\overline{6}"),
    (r"0.\overline{3}", "0"),
    (r"0.1\overline{6}", r"0.\overline{16}"),
    (r"\frac13", r"0.\overline{34}"),
    # a list is no decimal comma
    ("3,4", "3.4"),
    ("2,5", "2.5"),
    # the question's own condition
    ("x=5", "3x-4=11"),
    ("x=5", "2x=10"),
    ("x>5", "3x-4>11"),
    (r"x=\frac{7}{3}", "3x=7"),
    ("F=ma", r"a=\frac{F}{m}"),
    ("0", "x^2-5x+6=0"),
    ("x=5", "x+y=5"),
    ("x=5", "x^2=5"),
    ("x=5", r"\sin x=5"),
    ("10", "2x=10"),
    ("11", "3x-4=11"),
    ("12", r"\text{not } x = 12"),
    ("12", r"\text{more than } x = 12"),
    # functions with pieces
    ("|x-5|", "5-x"),
    ("|x-5|", "x-5"),
    ("|x-1000000|", "1000000-x"),
    (r"\max(a,b)", "b"),
    (r"\min(a,b)", "a"),
    (r"\max(n,4)", "4"),
    (r"\max(n,4)", "n"),
    (r"\lfloor n/5 \rfloor", r"\lfloor n/7 \rfloor"),
    (r"\lfloor n/5 \rfloor", r"\lfloor (n+1)/5 \rfloor"),
    (r"\sqrt{(x-10)^2}", "10-x"),
    ("|x+4|", "x+4"),
    (r"\ln|x-5|", r"\ln(5-x)"),
    (r"\lceil x \rceil", r"\lfloor x \rfloor + 1"),
    # positive sizes have signs all the same
    (r"\sqrt{\frac{k}{m}}", r"-\frac{\sqrt{km}}{m}"),
    (r"\sqrt{\frac{k}{m}}", r"\frac{\sqrt{km}}{k}"),
    (r"\sqrt{\frac{x}{y}}", r"\frac{\sqrt{xy}}{y}"),
    # names and places
    ("(x,y)=(1,2)", "y=1, x=2"),
    ("(1,2)", "y=1, x=2"),
    ("x=5", "5=y"),
    # conditions that both hold
    (r"(-\infty,\infty)", r"x \ne 1 \text{ and } x \ne 2"),
    (r"(-\infty,1)\cup(2,\infty)", r"x>1 \text{ and } x<2"),
    ("(1,3)", r"x>1 \text{ or } x<3"),
    # curves
    (r"y=\frac{1}{x}", "xy=2"),
    ("y=1", "xy=x"),
    ("y=x^2", "xy=x^3"),
    # large numbers and binomials
    ("2023^{2023}-1", "2023^{2023}+1"),
    ("10^{3000}-1", "10^{3000}"),
    ("2024!", r"2024\cdot 2022!"),
    (r"\binom{n}{k}", r"\frac{n!}{k!(n+k)!}"),
    (r"\binom{n}{k}", "C(k,n)"),
    # units
    ("5 Sv", "5 Gy"),
    ("9.8 m/s^2", r"9.8\ \mathrm{m\,s^{-1}}"),
    ("300.15 K", r"27\,^{\circ}\mathrm{F}"),
    ("300.15 K", r"27\,\mathrm{K}"),
    ("5 cm", "5 毫米"),
    ("5 cm", "5平方厘米"),
    ("500 yen", "500元"),
    ("500 dollars", "¥500"),
    ("2.5 h", "2 hours 20 minutes"),
    ("2.5 h", "2 hours 30 seconds"),
    ("938 MeV/c^2", r"0.938\ \text{GeV}/c"),
    ("5 Bq", "5 Hz"),
    ("5 kg", "5 m"),
    ("5 m/s", "5 km/h"),
    ("5 m/s", "5 m/s^2"),
    ("12\\text{ m}", "12 km"),
    ("12\\text{ m}", "12 bananas"),
    ("90^\\circ", r"\frac{\pi}{2}"),
    ("90^\\circ", "90 rad"),
    ("25^\\circ\\mathrm{C}", "25 K"),
    ("\\$18.90", "18.90 cents"),
    ("\\$18.90", "€18.90"),
    ("15\\mbox{ cm}^2", "15 cm"),
    ("16\\text{ daps}", r"16\text{ dops}"),
    ("9\\text{ a.m.}", r"9\text{ p.m.}"),
    # choices
    ("B", "A, B, C, D"),
    ("B", "ABCD"),
    ("B", "A or B"),
    ("B", "B or C"),
    ("B", "B, C"),
    ("B", "B and C"),
    ("B", "(A)(B)"),
    ("B", "C. B is wrong"),
    ("B", "not B"),
    ("B", "A/B"),
    ("B", "AB"),
    ("A", "A dog"),
    # expressions and equations
    ("x^2-1", "x^2+1"),
    ("|x|", "x"),
    ("f(x)", "f(y)"),
    ("1 - \\frac{1}{e}", r"1 + \frac{1}{e}"),
    ("\\sqrt{51}", r"\sqrt{15}"),
    ("2k+2", "2K+2"),
    ("7 = 11a+c", "11a+c"),
    ("a+3z=0", "0"),
    ("x=5", "y=5"),
    ("x > 5", "x < 5"),
    ("x > 5", "x \\ge 5"),
    ("y = 2x + 3", "y = 2x - 3"),
    # sets, tuples, intervals, matrices
    ("1,-2", "1, 2"),
    ("1,-2", "1"),
    ("(1,2)", r"\{1,2\}"),
    ("(1,2)", "(2,1)"),
    ("(1,2)", "[1,2]"),
    ("[0,1)", "[0,1]"),
    ("(0,9)", "[0,9)"),
    ("(2,12) \\cup (12,102)", "(2,102)"),
    ("(37,3,3)", "(37,3,3,13)"),
    ("\\pm 2021", "2021"),
    (
        "\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}",
        r"\begin{pmatrix} 1 & 3 \\ 2 & 4 \end{pmatrix}",
    ),
    ("k = 45, n = 2", "k = 2, n = 45"),
    ("12:00", "1:00"),
    ("3:5", "5:3"),
    # formulas and text
    ("\\text{CO}", r"\text{Co}"),
    ("\\mathrm{Fe^{3+}}", r"\mathrm{Fe^{2+}}"),
    ("H_2O", "H_2O_2"),
    ("H_2O", "H2O2"),
    ("SO_4^{2-}", "SO_4"),
    ("SO_4^{2-}", "SO_3^{2-}"),
    ("\\ce{2H2 + O2 -> 2H2O}", r"\ce{H2 + O2 -> H2O}"),
    ("\\text{ATG}", r"\text{TAG}"),
    ("\\text{Evelyn}", "Briana"),
    ("\\text{even}", "odd"),
    ("\\text{even}", "even or odd"),
]


TABLE = [
    tuple(line.split(" ## "))
    for line in (Path(__file__).parent / "verdicts.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize(("verdict", "gold", "answer"), TABLE)
def test_table_of_verdicts(verdict: str, gold: str, answer: str) -> None:
    result = grade(f"So the answer is $\\boxed{{{answer}}}$.", gold)
    assert result.correct == (verdict == "R"), result


@pytest.mark.parametrize(("gold", "answer"), RIGHT)
def test_right_answers_are_accepted(gold: str, answer: str) -> None:
    result = grade(f"So the answer is $\\boxed{{{answer}}}$.", gold)
    assert result.correct, result
    assert result.readable


@pytest.mark.parametrize(("gold", "answer"), WRONG)
def test_wrong_answers_are_rejected(gold: str, answer: str) -> None:
    result = grade(f"So the answer is $\\boxed{{{answer}}}$.", gold)
    assert not result.correct, result


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("85", "number"),
        ("-\\frac{3}{4}", "number"),
        ("3\\times10^8", "number"),
        ("28\\%", "number"),
        ("52_8", "number"),
        ("5 m/s", "quantity"),
        ("90^\\circ", "quantity"),
        ("\\$18.90", "quantity"),
        ("C", "choice"),
        ("\\text{(C)}", "choice"),
        ("2\\sqrt3", "expression"),
        ("6-5i", "expression"),
        ("2k", "expression"),
        ("3R^2", "expression"),
        ("y = 2x+3", "equation"),
        ("x \\ge 3", "equation"),
        ("1,-2", "set"),
        ("1 \\pm \\sqrt{19}", "set"),
        ("(1,2)", "tuple"),
        ("(1,2]", "interval"),
        ("(2,\\infty)", "interval"),
        ("x \\in [-2,7]", "interval"),
        ("\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}", "matrix"),
        ("\\mathrm{H_2O}", "formula"),
        ("SO_4^{2-}", "formula"),
        ("\\text{Evelyn}", "text"),
        ("None", "text"),
        ("12:00", "text"),
    ],
)
def test_kind_is_read_from_the_gold(answer: str, kind: str) -> None:
    assert read_gold(answer).kind == kind


LONG = "+".join(f"{n}x^{{{n}}}" for n in range(30, 0, -1))


def test_a_long_formula_is_its_own_answer() -> None:
    assert len(LONG) > 200
    for kind in (None, "expression"):
        gold = read_gold(f"{LONG}+7", kind=kind)
        assert grade(f"\\boxed{{{LONG}+7}}", gold).correct
        assert grade(f"\\boxed{{7+{LONG}}}", gold).correct
        assert not grade("\\boxed{7}", gold).correct


def test_a_long_text_must_announce_its_answer() -> None:
    story = "We add the numbers one after the other and look at what comes out. " * 4
    assert read_gold(story + "The answer is 42.").form == "42"
    with pytest.raises(GoldError, match="announces no final answer"):
        read_gold(story + "It was in 1999.")
    with pytest.raises(GoldError):
        read_gold(story + "The answer is 42.", kind="number")


@pytest.mark.parametrize(
    ("kind", "gold", "answer", "right"),
    [
        ("tuple", "(1,2)", "1<x<2", False),
        ("tuple", "(1,2)", "1, 2", True),
        ("interval", "(1,2)", "1, 2", False),
        ("interval", "(1,2)", "1<x<2", True),
        ("interval", "(1,2)", "x>1, x<2", True),
    ],
)
def test_a_declared_pair_is_of_its_kind(kind: str, gold: str, answer: str, right: bool) -> None:
    assert grade(f"\\boxed{{{answer}}}", gold, kind=kind).correct == right


def test_a_percentage_is_no_sum_of_money() -> None:
    gold = read_gold("5.00 \\%", tolerance=0.01)
    assert grade("\\boxed{5.03}", gold).correct
    assert grade("\\boxed{5.03\\%}", gold).correct
    assert not grade("\\boxed{5.03\\text{ dollars}}", gold).correct


def test_words_of_the_problem_may_follow_the_number() -> None:
    sample = Sample("1", "How many bananas does each monkey get?", "12")
    gold = read_sample_gold(sample)
    assert grade("\\boxed{12\\text{ bananas}}", gold).correct
    assert not grade("\\boxed{13\\text{ bananas}}", gold).correct
    assert not grade("\\boxed{12\\text{ coconuts}}", gold).correct
    there = grade_batch(["\\boxed{12\\text{ bananas}}"] * 200, [gold] * 200, workers=2)
    assert all(result.correct for result in there)
    strict = Sample("1", "How many bananas?", "12", extra={"units_allowed": False})
    assert not grade("\\boxed{12\\text{ bananas}}", read_sample_gold(strict)).correct
