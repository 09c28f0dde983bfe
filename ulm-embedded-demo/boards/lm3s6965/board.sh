# Sourced by `run`: how this board is built and emulated.
target=thumbv7m-none-eabi
qemu=(qemu-system-arm -machine lm3s6965evb -icount shift=4)
qemu_package=qemu-system-arm
