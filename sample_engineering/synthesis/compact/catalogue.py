"""The templates of the compact dialect: one line of data per relation and phrasing.

Each entry is ``(name, formula, ranges, phrasings)``. Ranges read ``"v 3-9, x 20-900/10"`` (lowest,
highest, step). A phrasing is ``"statement | quantity asked for"``. Templates named in `HELD_OUT`
are built from words and operations that others use too, and no pretraining document shows them.
"""

# fmt: off
Entry = tuple[str, str, str, tuple[str, ...]]

CATALOGUE: dict[str, tuple[Entry, ...]] = {
    "math": (
        ("line", "y = a * x + b", "a 2-9, x 11-49, b 12-95", (
            "a line has slope {a} and starts at height {b}. | its height after {x} steps",
            "a number is {x}. take {a} times the number plus {b}. | the value",
        )),
        ("square_rest", "rest = n ** 2 - c", "n 11-29, c 12-95", (
            "a square has side {n}. a part of area {c} is cut off. | the area left",
            "a number is {n}. take the number squared minus {c}. | the value",
        )),
        ("sum_of_three", "s = a + b + c", "a 21-290, b 21-290, c 21-290", (
            "there are the numbers {a}, {b} and {c}. | their sum",
            "a path has parts of {a}, {b} and {c} m. | its total length",
        )),
        ("rows", "r = mod(n, k)", "n 20-89, k 4-9", (
            "{n} balls are put in rows of {k}. | the number left over",
            "a number is {n}. it is divided by {k}. | the rest left over",
        )),
        ("mean_of_two", "m = mean(a, b)", "a 24-290, b 24-290", (
            "there are the numbers {a} and {b}. | their average",
            "two sides are {a} and {b} m long. | the average side",
        )),
        ("linear", "x = (c - b) / a", "a 3-9, b 12-95, c 80-690", (
            "{a} times a number plus {b} is {c}. | the number",
            "a line has slope {a} and starts at height {b}. its height is now {c}. "
            "| the number of steps",
        )),
        ("cube_and_box", "v = n ** 3 + c", "n 3-8, c 25-290", (
            "a cube has side {n}. a box of volume {c} is added. | the total volume",
            "a number is {n}. take the number cubed plus {c}. | the value",
        )),
        ("square_and_part", "a = n ** 2 + c", "n 11-29, c 12-95", (
            "a square has side {n}. a part of area {c} is added. | the total area",
            "a number is {n}. take the number squared plus {c}. | the value",
        )),
        ("twice_minus", "d = double(a) - b", "a 60-380, b 23-110", (
            "a number is {a}. take twice the number minus {b}. | the value",
            "a path is twice {a} m long. {b} m are cut off. | the length left",
        )),
    ),
    "physics": (
        ("position", "s = v * t + d", "v 11-49, t 3-9, d 12-95", (
            "a car starts at {d} m and moves at {v} m/s for {t} s. | its position",
            "a ball is at {d} m. it moves {t} s at {v} m/s. | its position",
        )),
        ("kinetic", "e = half(m * v ** 2)", "m 2-8, v 4-9", (
            "a cart of {m} kg moves at {v} m/s. | its kinetic energy",
            "a ball has mass {m} kg and speed {v} m/s. | its kinetic energy",
        )),
        ("speed", "v = (d - e) / t", "t 3-9, d 90-690, e 12-80", (
            "a car moves from {e} m to {d} m in {t} s. | its speed",
            "a cart starts at {e} m and is at {d} m after {t} s. | its speed",
        )),
        ("net_force", "f = a - b - c", "a 320-900, b 23-140, c 23-140", (
            "a force of {a} n pulls a cart. friction takes {b} n and air takes {c} n. "
            "| the net force",
            "a motor gives {a} n. {b} n are lost to air and {c} n to friction. | the net force",
        )),
        ("efficiency", "w = percent(p, e)", "p 20-90/10, e 40-990/10", (
            "a motor takes {e} j. {p} percent become work. | the work",
            "a lamp uses {e} j. {p} percent become light. | the light energy",
        )),
        ("momentum", "p = m * v - n", "m 3-9, v 24-95, n 12-69", (
            "a cart of {m} kg moves at {v} m/s. a wall takes {n} of its momentum. "
            "| the momentum left",
            "a ball has mass {m} kg and speed {v} m/s. air takes {n} of its momentum. "
            "| the momentum left",
        )),
        ("mean_force", "f = mean(a, b)", "a 24-290, b 24-290", (
            "a force grows from {a} n to {b} n. | the average force",
            "a spring pulls with {a} n and then with {b} n. | the average force",
        )),
        ("two_carts", "p = a * u + b * v", "a 3-9, u 11-45, b 3-9, v 11-45", (
            "a cart of {a} kg moves at {u} m/s. a ball of {b} kg moves at {v} m/s. "
            "| the total momentum",
            "a car moves {a} s at {u} m/s and then {b} s at {v} m/s. | the total distance",
        )),
    ),
    "chemistry": (
        ("molar_mass", "m = a * k + b", "a 12-95, k 3-9, b 12-95", (
            "a molecule has {k} atoms of mass {a} and one atom of mass {b}. | its molar mass",
            "{k} moles of mass {a} are mixed with {b} g of salt. | the total mass",
        )),
        ("moles", "n = (a - b) / m", "m 3-9, a 90-690, b 12-80", (
            "a flask of {a} g holds {b} g of water. the rest is gas of {m} g per mole. "
            "| the moles of gas",
            "{a} g of salt lose {b} g of water. the rest has {m} g per mole. | the moles of salt",
        )),
        ("mass_number", "a = p + n", "p 24-390, n 24-390", (
            "an atom has {p} protons and {n} neutrons. | its mass number",
            "{p} g of acid are mixed with {n} g of water. | the total mass",
        )),
        ("purity", "m = percent(p, w)", "p 20-90/10, w 40-990/10", (
            "a sample of {w} g is {p} percent salt. | the mass of salt",
            "{w} g of acid react. {p} percent become gas. | the mass of gas",
        )),
        ("scaling", "m = proportion(a, b, c)", "a 12-99, b 3-9, c 2-9", (
            "{c} g of salt need {a} g of acid. {b} g of salt are used. | the mass of acid",
            "{c} moles of gas give {a} kj. {b} moles of gas are used. | the energy in kj",
        )),
        ("dilution", "v = half(a) + b", "a 60-580, b 23-190", (
            "half of {a} ml of acid is kept and {b} ml of water are added. | the total volume",
            "a flask holds {a} ml. half of it is lost. then {b} ml are added. | the volume now",
        )),
        ("dimer", "m = double(a) - w", "a 60-380, w 12-99", (
            "two molecules of mass {a} join and lose {w} g of water. | the mass of the product",
            "a dimer has twice the mass {a}. it loses {w} g of gas. | the mass left",
        )),
        ("salt_left", "m = a * k - b", "a 12-95, k 3-9, b 12-69", (
            "{k} moles of mass {a} lose {b} g of water. | the mass left",
            "a flask holds {k} moles of {a} g per mole. {b} g are lost to gas. | the mass left",
        )),
    ),
    "biology": (
        ("births", "n = p + b - d", "p 120-690, b 23-190, d 23-99", (
            "a herd has {p} deer. {b} are born and {d} die. | the size of the herd",
            "a pond has {p} fish. {b} more come and {d} are eaten. | the number of fish",
        )),
        ("plots", "n = s ** 2 - d", "s 11-29, d 12-95", (
            "a field has {s} rows of {s} plants. {d} plants die. | the number of plants left",
            "{s} cells split into {s} cells each. {d} cells die. | the number of cells left",
        )),
        ("copies", "n = c * k", "c 12-99, k 3-9", (
            "a cell makes {k} copies of each of {c} genes. | the number of copies",
            "each of {c} plants has {k} leaves. | the number of leaves",
        )),
        ("growth", "n = p / k + d", "k 3-9, p 60-690, d 12-95", (
            "{p} cells are shared over {k} plates. each plate gains {d} cells. "
            "| the number of cells on a plate",
            "{p} fish are shared over {k} ponds. each pond gains {d} fish. "
            "| the number of fish in a pond",
        )),
        ("survivors", "n = percent(p, s) + b", "p 20-90/10, s 40-790/10, b 12-95", (
            "of {s} seeds {p} percent grow. {b} more plants are added. | the number of plants",
            "of {s} fish {p} percent live. then {b} are born. | the number of fish",
        )),
        ("division_cycle", "n = double(c) + d", "c 40-390, d 23-190", (
            "{c} cells split in two. {d} cells are added. | the number of cells",
            "a herd of {c} deer grows to twice its size. {d} more come. | the size of the herd",
        )),
        ("half_die", "n = half(p) - d", "p 120-900, d 12-49", (
            "half of {p} cells are kept and {d} die. | the number of cells left",
            "a pond has {p} fish. half of them die. then {d} are eaten. | the number of fish left",
        )),
        ("leaves_lost", "n = c * k - d", "c 12-99, k 3-9, d 12-69", (
            "each of {c} plants has {k} leaves. {d} leaves are lost. | the number of leaves left",
            "a cell makes {k} copies of each of {c} genes. {d} copies are lost. "
            "| the number of copies left",
        )),
    ),
    "engineering": (
        ("beam", "l = (w + s) / n", "w 80-690, s 12-95, n 3-9", (
            "a beam carries {w} n and its own {s} n. {n} posts share the load. "
            "| the load on a post",
            "a bridge carries {w} n. {s} n more are added. {n} posts share the load. "
            "| the load on a post",
        )),
        ("gears", "n = proportion(a, b, c)", "a 12-99, b 3-9, c 2-9", (
            "a gear of {a} teeth turns {b} times. it drives a gear of {c} teeth. "
            "| the turns of the driven gear",
            "{c} posts need {a} bolts. {b} posts are used. | the number of bolts",
        )),
        ("tank", "v = q * t + r", "q 11-49, t 3-9, r 12-95", (
            "a pump gives {q} l per hour for {t} hours. the tank held {r} l. | the volume now",
            "a tank holds {r} l. a pump adds {q} l per hour for {t} hours. | the volume now",
        )),
        ("plate_area", "a = s ** 2 + b", "s 11-29, b 12-95", (
            "a square plate has side {s}. a strip of area {b} is added. | the total area",
            "a plate has {s} rows of {s} bolts. {b} bolts are added. | the number of bolts",
        )),
        ("margin", "m = double(l) - w", "l 60-380, w 23-110", (
            "a rope must hold twice its load of {l} n. it holds {w} n less. | what it holds",
            "a beam is built for twice {l} n. {w} n are used. | the load left",
        )),
        ("loss", "p = w - percent(r, w)", "r 10-80/10, w 40-990/10", (
            "a motor takes {w} w and loses {r} percent. | the power left",
            "a pump moves {w} l and loses {r} percent. | the volume left",
        )),
        ("bolts_over", "r = mod(n, k)", "n 20-89, k 4-9", (
            "{n} bolts are put in boxes of {k}. | the number left over",
            "a rope of {n} m is cut in parts of {k} m. | the length left over",
        )),
        ("water_left", "v = a - q * t", "a 320-900, q 11-45, t 3-9", (
            "a tank holds {a} l. a pump takes {q} l per hour for {t} hours. | the volume left",
            "there are {a} bolts. each of {q} posts needs {t} bolts. | the number of bolts left",
        )),
    ),
    "economics": (
        ("profit", "p = q * c - f", "q 12-99, c 3-9, f 12-69", (
            "a shop sells {q} pens at {c} coins each. its rent is {f} coins. | the profit",
            "{q} workers make {c} coins each. a tax takes {f} coins. | the coins left",
        )),
        ("discount", "d = w - percent(r, w)", "r 10-80/10, w 40-990/10", (
            "a desk costs {w} coins. the price falls by {r} percent. | the new price",
            "a shop earns {w} coins. a tax takes {r} percent. | the coins left",
        )),
        ("wage", "w = (s - c) / n", "s 90-690, c 12-80, n 3-9", (
            "a shop earns {s} coins and pays {c} coins of rent. {n} workers share the rest. "
            "| the pay of a worker",
            "{n} pens and a desk cost {s} coins. the desk costs {c} coins. | the price of a pen",
        )),
        ("savings", "s = a + b - c", "a 120-690, b 23-190, c 23-99", (
            "a bank holds {a} coins. {b} coins come in and {c} coins go out. | the coins now",
            "a shop has {a} coins. it earns {b} coins and pays {c} coins. | the coins now",
        )),
        ("mean_price", "p = mean(a, b)", "a 24-290, b 24-290", (
            "two desks cost {a} and {b} coins. | the average price",
            "a shop earns {a} coins and then {b} coins. | the average pay",
        )),
        ("debt", "d = half(a) + b", "a 60-580, b 23-190", (
            "a bank is owed {a} coins. half is paid back and {b} coins are added. "
            "| the coins owed now",
            "half of {a} coins is kept and {b} coins are earned. | the coins now",
        )),
        ("two_goods", "c = a * p + b * q", "a 3-9, p 11-45, b 3-9, q 11-45", (
            "{a} pens cost {p} coins each and {b} desks cost {q} coins each. | the total cost",
            "{p} workers make {a} coins each and {q} workers make {b} coins each. "
            "| the total pay",
        )),
        ("interest", "s = a + percent(r, a)", "r 10-60/10, a 40-590/10", (
            "a bank holds {a} coins. they grow by {r} percent. | the coins now",
            "a desk costs {a} coins. the price grows by {r} percent. | the new price",
        )),
    ),
    "computer_science": (
        ("memory", "m = a * k + b", "a 12-95, k 3-9, b 12-95", (
            "a list has {a} items of {k} bytes. its head takes {b} bytes. | the bytes used",
            "a loop runs {a} times with {k} steps each. {b} steps come after. "
            "| the number of steps",
        )),
        ("grid", "n = s ** 2 - d", "s 11-29, d 12-95", (
            "a grid has {s} rows of {s} bits. {d} bits are off. | the number of bits on",
            "two loops of {s} steps are nested. {d} steps are left out. | the number of steps",
        )),
        ("slot", "h = mod(n, k)", "n 20-89, k 4-9", (
            "a table has {k} slots. the key is {n}. | its slot by remainder",
            "{n} items are put in pages of {k}. | the number left over",
        )),
        ("split_work", "t = n / k + c", "k 3-9, n 60-690, c 12-95", (
            "{n} jobs are shared over {k} threads. each thread runs {c} more. "
            "| the number of jobs on a thread",
            "a list of {n} items is split in {k} parts. each part gains {c} items. "
            "| the items in a part",
        )),
        ("cache", "h = percent(p, n) + b", "p 20-90/10, n 40-790/10, b 12-95", (
            "of {n} reads {p} percent hit. then {b} more hit. | the number of hits",
            "of {n} jobs {p} percent are done. then {b} more are done. "
            "| the number of jobs done",
        )),
        ("queue", "q = a + b - c", "a 120-690, b 23-190, c 23-99", (
            "a queue has {a} jobs. {b} jobs come in and {c} are done. | the jobs in the queue",
            "a file has {a} bytes. {b} bytes are added and {c} are cut. | the bytes now",
        )),
        ("halves", "n = half(a) - c", "a 120-900, c 12-49", (
            "a list has {a} items. half of them are cut. then {c} are lost. "
            "| the number of items left",
            "half of {a} jobs are kept and {c} are done. | the number of jobs left",
        )),
        ("double_buffer", "m = double(a) + b", "a 40-390, b 23-190", (
            "a list of {a} items grows to twice its size. {b} items are added. "
            "| the number of items",
            "a file takes twice {a} bytes. its head takes {b} bytes. | the bytes used",
        )),
    ),
}

# fmt: on
HELD_OUT = frozenset(
    {
        "math-square_and_part",
        "math-twice_minus",
        "physics-mean_force",
        "physics-two_carts",
        "chemistry-dimer",
        "chemistry-salt_left",
        "biology-half_die",
        "biology-leaves_lost",
        "engineering-bolts_over",
        "engineering-water_left",
        "economics-two_goods",
        "economics-interest",
        "computer_science-halves",
        "computer_science-double_buffer",
    }
)
