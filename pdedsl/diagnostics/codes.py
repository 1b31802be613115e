"""The catalogue of diagnostic codes: one line each, listed in the language reference.

E1 syntax · E2 names · E3 shapes and expressions · E4 sets and places · E5 laws ·
E6 tables · E7 limits · E8 methods and options · E9 what `solve` cannot do yet · L lints.
"""

CODES: dict[str, str] = {
    # E1: syntax
    "E101": "unexpected text",
    "E102": "a character that the language does not use",
    "E103": "a bracket that is not closed, or closes nothing",
    "E104": "a missing operator between factors",
    "E105": "a statement that starts with no keyword",
    "E106": "an incomplete statement",
    "E107": "a number that is not well formed",
    "E108": "a string that is not closed",
    "E109": "a keyword used as a name",
    "E110": "a spelling of another language",
    "E111": "a file that cannot be read as text",
    "E112": "an unknown version of the language",
    "E113": "a file that cannot be included here",
    # E2: names
    "E201": "an unknown name",
    "E202": "a name declared twice",
    "E203": "a built-in name declared",
    "E204": "a name used as something that it is not",
    "E205": "a name that reads as a derivative",
    "E206": "a wrong number or kind of arguments",
    "E207": "an ambiguous derivative",
    # E3: shapes and expressions
    "E301": "shapes that disagree",
    "E302": "a vector where a number is needed, or the reverse",
    "E303": "a component that does not exist",
    "E304": "a value that must be constant",
    "E305": "a value that is not a real number",
    "E306": "a condition where a number is needed, or the reverse",
    "E307": "a normal or boundary value away from a boundary",
    "E308": "a derivative that cannot be taken",
    "E309": "units that disagree",
    "E310": "a unit that is none, or cannot stand here",
    # E4: sets and places
    "E401": "an invalid set",
    "E402": "coordinates that do not fit the set",
    "E403": "a face or point that is not on the boundary or in the domain",
    "E404": "a place that does not fit the law",
    "E405": "a missing declaration",
    "E406": "a declaration that may stand only once",
    "E407": "an empty set or place",
    # E5: laws
    "E501": "a law that states nothing",
    "E502": "a periodicity that cannot hold",
    "E503": "an exact solution or reference of something that is not unknown",
    "E504": "an unknown number without guess or bound",
    "E505": "a fit that is not on data",
    "E506": "no law at all",
    "E507": "a sigma that is no noise of data",
    # E6: tables
    "E601": "a data file that cannot be read",
    "E602": "a column that is missing",
    "E603": "an entry that is not a finite number",
    "E604": "points outside the domain",
    "E605": "a column that cannot be used here",
    "E606": "an interpolation that does not fit the table",
    # E7: limits
    "E701": "text too large or nested too deeply",
    "E702": "a number or power too large",
    "E703": "an expression too large",
    # E8: methods and options
    "E801": "a method file that cannot be read",
    "E802": "an unknown key or value in a method",
    "E803": "an unknown parameter or option value",
    "E804": "a run folder that cannot be used",
    # E9: not yet
    "E901": "a problem that this version cannot solve yet",
    # lints
    "L101": "a part of the boundary without a condition",
    "L102": "a part of the boundary with too many conditions",
    "L103": "a missing or superfluous initial condition",
    "L104": "as many equations as unknowns are needed",
    "L105": "a gauge left free",
    "L106": "zero solves everything",
    "L107": "a wave number at or near an eigenvalue",
    "L108": "values that disagree at a corner",
    "L109": "a name that is never used",
    "L110": "an exact solution that does not satisfy a law",
    "L111": "points beyond a table, or few of them",
    "L112": "an equation whose short waves grow without bound in time",
    "L113": "a source and fluxes that do not balance",
    "L116": "a flux that jumps where nothing sees it",
    "L117": "conditions of an elliptic problem that stand on one side",
    "L118": "a condition at no point of the boundary",
    "L119": "an interpolation that leaves the range of its data",
    "L120": "unknown numbers that can be scaled without changing any law",
}
