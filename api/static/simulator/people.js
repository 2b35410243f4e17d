// Customers: the names this browser gave them, and new ones.

const GIVEN = [
  "María", "José", "Guadalupe", "Juan", "Fernanda", "Luis", "Ximena", "Carlos", "Sofía", "Jorge", "Valeria", "Miguel",
  "Daniela", "Alejandro", "Regina", "Ricardo", "Camila", "Héctor", "Lucía", "Raúl", "Renata", "Óscar", "Paola", "Iván",
];
const FAMILY = [
  "Hernández", "García", "Martínez", "López", "González", "Pérez", "Rodríguez", "Sánchez", "Ramírez", "Cruz", "Flores",
  "Gómez", "Morales", "Vázquez", "Reyes", "Jiménez", "Torres", "Díaz", "Gutiérrez", "Ruiz", "Mendoza", "Ortiz", "Núñez",
];

const pick = (list) => list[Math.floor(Math.random() * list.length)];
const digits = (count) => Array.from({ length: count }, () => Math.floor(Math.random() * 10)).join("");

/** A Mexican mobile and a name. */
export const invented = () => ({
  phone: `+5255${1 + Math.floor(Math.random() * 9)}${digits(7)}`,
  name: `${pick(GIVEN)} ${pick(FAMILY)}`,
});

/** A phone as people write it: +52 55 1234 5678. */
export const spaced = (phone) => phone.replace(/^(\+52)(\d{2})(\d{4})(\d{4})$/, "$1 $2 $3 $4");

/** A phone as the API wants it. */
export const compact = (phone) => phone.replace(/[^+\d]/g, "");

export class Names {
  #key;

  constructor(company) {
    this.#key = `perennial.names.${company}`;
  }

  get(phone) {
    return this.#all()[phone];
  }

  set(phone, name) {
    localStorage.setItem(this.#key, JSON.stringify({ ...this.#all(), [phone]: name }));
  }

  #all() {
    return JSON.parse(localStorage.getItem(this.#key) ?? "{}");
  }
}
