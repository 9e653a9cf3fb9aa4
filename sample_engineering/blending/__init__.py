"""Blends of a pool: what can be verified, in one form, in chosen shares.

After Nemotron-CrossThink (arXiv 2504.13941): questions of many domains become multiple choice or
open, those whose answers no rule verifies are left out, and the rest is mixed by ratio.
"""
