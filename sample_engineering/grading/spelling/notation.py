"""Names that commands and letters have in final answers."""

# ruff: noqa: SIM905 (tables of names read best as words)

FUNCTIONS = frozenset(
    "sin cos tan cot sec csc sinh cosh tanh coth sech csch arcsin arccos arctan arccot"
    " arcsinh arccosh arctanh ln log exp max min gcd lcm floor ceil abs arg det".split()
)
ARGUMENT_FREE = frozenset("max min gcd lcm det".split())
GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau upsilon"
    " phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell hbar nabla"
    " partial aleph Re Im prime odot oplus star dagger angle triangle cdots ldots dots bot"
    " mathbbR mathbbZ mathbbN mathbbQ mathbbC AA infty emptyset".split()
)
ACCENTS = frozenset(
    "vec hat bar dot ddot tilde overline widehat widetilde overrightarrow overleftarrow mathring"
    " check breve acute grave overbrace underbrace".split()
)
# Short words that are no symbols.
WORDS = frozenset("and or if is to the for no yes not in of by at are was".split())
BIG = {"sum": "sum", "prod": "prod", "int": "int", "oint": "int", "iint": "int", "lim": "lim"}
STRUCTURAL = frozenset(
    "begin end boxed fbox text rfloor rceil cr and or rangle not cup cap to".split()
)
MATRICES = frozenset("pmatrix bmatrix matrix Bmatrix vmatrix Vmatrix smallmatrix array".split())
# f(x+1) is an application for these; for other symbols only where the argument is simple, as x(x+1)
# is a product.
FUNCTION_NAMES = frozenset("fghFGHPW")
