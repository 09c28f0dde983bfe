# Sourced by `run`: how this board is built and emulated.
target=riscv32imac-unknown-none-elf
qemu=(qemu-system-riscv32 -machine virt -bios none -icount shift=0)
qemu_package=qemu-system-misc
