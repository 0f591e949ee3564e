# SPDX-License-Identifier: Apache-2.0
# The Exchange simulator: a program of its own that shares no code with the gateway.
