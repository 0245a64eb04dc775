"""An oracle for certificates: whether a claim is true of its data, whatever the proof says.

It decides from the definitions on docs/certificates.md, by enumeration and by linear programmes
over fractions. It imports nothing of this project, so that no error of the trusted core
can be one of the oracle. Of a proof it takes hints: points of parameters to look at, and plays and
transfers to try, which it judges itself. A claim or data that are not of the form on the page say
nothing, so they are not true.
"""
