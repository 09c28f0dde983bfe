# Sourced: sizes from the section table of an ELF file.

# elf_bytes FILE SECTION...   the sum of the sections' sizes
elf_bytes() {
    local file=$1 sum=0 name size wanted
    shift
    while read -r name size; do
        for wanted; do [[ $name != "$wanted" ]] || sum=$((sum + 0x$size)); done
    done < <(readelf -SW "$file" | sed -nE 's/^ *\[ *[0-9]+\] (\S+) +\S+ +\S+ +\S+ +(\S+).*/\1 \2/p')
    printf '%s' "$sum"
}

# elf_code_bytes FILE   what goes to flash: code, read-only data, the start values of variables
elf_code_bytes() {
    elf_bytes "$1" .vector_table .init .init.trap .trap .text.dummy .text .rodata .data
}
